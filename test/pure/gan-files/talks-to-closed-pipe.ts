/** Reports progress to pipes that their reader has closed, then tells its parent that it came to its end. */
import { setTimeout as pause } from 'node:timers/promises';
import { outliveClosedPipes, startProgress } from '../../../packages/gan/src/cli/progress.ts';

outliveClosedPipes();
const progress = startProgress({ total: 20, plainSeconds: 0 });
for (let step = 1; step <= 20; step++) {
  progress.update(step, ['loss 1.000']);
  console.log(`step ${step}`);
  await pause(5);
}
progress.stop();
process.send?.('done');
process.disconnect();
