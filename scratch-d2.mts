import sharp from 'sharp';
const fs=['06-order','06-moments','07-correction','10-timeline','08-plan'];
const ims=await Promise.all(fs.map(f=>sharp('docs/images/book/'+f+'.svg').resize({width:620,height:320,fit:'contain',background:'#fff'}).png().toBuffer()));
await sharp({create:{width:1240,height:960,channels:3,background:'#fff'}}).composite(ims.map((input,i)=>({input,left:620*(i%2),top:320*(i>>1)}))).png().toFile('/tmp/d2-sheet.png');
const m=await sharp('docs/images/book/08-program.svg').metadata(); console.log(m.width,m.height);
