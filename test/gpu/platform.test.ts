it('x', async () => { for (let i=0;i<4;i++) { console.log(process.getActiveResourcesInfo()); await new Promise(r=>setTimeout(r,100)); } });
