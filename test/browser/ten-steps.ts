/** Ten steps of a DCGAN from one seed, with what a page can import: the same code runs in Node and in a browser. */
import { completeConfig, createTrainer, decodeIdx, idxImages, imageSource } from '@ganvas/gan';
import { openDevice } from '@ganvas/tensor';

export interface TenSteps {
  adapter: string;
  /** Of each step, the losses of D and of G. */
  losses: [lossD: number, lossG: number][];
}

const BATCH = 16;

/** @param digits bytes of an IDX file of images [count, 28, 28] */
export async function tenSteps(digits: Uint8Array): Promise<TenSteps> {
  const device = await openDevice({ adapter: 'swiftshader', tuning: 'off' });
  const set = idxImages({ ...decodeIdx(digits, 'digits'), source: 'digits' }, null);
  const source = imageSource(set, { size: 28, channels: 1, batch: BATCH, seed: 1, device });
  const trainer = createTrainer(device, completeConfig({ batch: BATCH, width: 8, seed: 1 }, 'quick'), source);
  await trainer.prepare();
  for (let step = 0; step < 10; step++) trainer.step(step);
  const reports = await trainer.reports.flush();
  device.close();
  return { adapter: device.adapter.name, losses: reports.map(({ lossD, lossG }) => [lossD!, lossG!]) };
}
