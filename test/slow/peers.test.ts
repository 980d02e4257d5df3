/** Every case on every peer against float64, where the peers are installed: npm ci --prefix bench/peers. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../documents.ts';

const ADAPTER = process.env.GANVAS_TEST_ADAPTER ?? 'swiftshader';
const installed = existsSync(join(ROOT, 'bench/peers/node_modules'));

(installed ? it : it.skip)(
  'the peers compute what ganvas computes, and leave nothing behind',
  () => {
    const args = ['--import', 'tsx', '-C', 'source', 'bench/peers/check.ts', ADAPTER];
    const { status, stdout } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' });
    expect(stdout.split('\n').filter((line) => line.startsWith('WRONG'))).toEqual([]);
    expect(stdout.match(/^ok /gm)!.length).toBe(46); // 14 cases on 3 engines, a script twice on 2
    expect(status).toBe(0);
  },
  300_000,
);
