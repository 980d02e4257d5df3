import { openDevice } from '@ganvas/tensor';
import { createTrainer } from '../packages/gan/src/training/trainer.ts';
import { imageSource } from '../packages/gan/src/data/image-source.ts';
const device = await openDevice();
const images = new Uint8Array(64*28*28);
const config: any = {};
const source = imageSource({images, count:64,height:28,width:28,channels:1,labels:null,classNames:[]},{size:28,channels:1,batch:8,seed:1,device});
const t = createTrainer(device, config, source);
await t.prepare(); t.step(0); console.log(await t.reports.flush());
