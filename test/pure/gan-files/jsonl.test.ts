import * as realFs from 'node:fs';
import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { jest } from '@jest/globals';
import { FileError } from '../../../packages/gan/src/files/file-error.ts';
import { openJsonl, readJsonl } from '../../../packages/gan/src/files/jsonl.ts';
import { useTemporaryFolder } from './temporary-folder.ts';

const temporary = useTemporaryFolder();

function write(path: string, steps: number[], resumeFrom?: number): void {
  const log = openJsonl(path, { resumeFrom });
  for (const step of steps) {
    log.append({ step, lossD: Math.fround(step / 7) });
    if (step % 2 === 0) log.append({ step, 'MNIST-FD': 300 / step });
  }
  log.sync();
  log.close();
}

describe('openJsonl', () => {
  it('writes every line at once, numbers in few digits, null for what JSON has no number for', () => {
    const path = temporary.path('metrics.jsonl');
    const log = openJsonl(path);
    expect(readFileSync(path, 'utf8')).toBe('');
    log.append({ step: 1, lossD: Math.fround(0.1), lossG: Number.NaN, gradG: Number.POSITIVE_INFINITY });
    expect(readFileSync(path, 'utf8')).toBe('{"step":1,"lossD":0.1,"lossG":null,"gradG":null}\n');
    log.append({ step: 1, 'a "name"': 1e-9 });
    log.close();
    expect(readJsonl(path)).toEqual([
      { step: 1, lossD: 0.1, lossG: Number.NaN, gradG: Number.NaN },
      { step: 1, 'a "name"': 1e-9 },
    ]);
  });

  it('after an interruption ends in the file of a run without one', () => {
    write(temporary.path('whole.jsonl'), [1, 2, 3, 4, 5, 6]);
    const path = temporary.path('metrics.jsonl');
    write(path, [1, 2, 3, 4, 5]);
    appendFileSync(path, '{"step":6,"lossD":0.85');
    write(path, [4, 5, 6], 3);
    expect(readFileSync(path, 'utf8')).toBe(readFileSync(temporary.path('whole.jsonl'), 'utf8'));
    expect(readdirSync(temporary.path()).sort()).toEqual(['metrics.jsonl', 'whole.jsonl']);
  });

  it('keeps what was not finite over an interruption', () => {
    const path = temporary.path('metrics.jsonl');
    const log = openJsonl(path);
    log.append({ step: 1, lossD: Number.NaN });
    log.close();
    openJsonl(path, { resumeFrom: 1 }).close();
    expect(readFileSync(path, 'utf8')).toBe('{"step":1,"lossD":null}\n');
  });

  it('begins anew where nothing is to be continued', () => {
    const path = temporary.path('metrics.jsonl');
    write(path, [1], 7);
    write(path, [3]);
    expect(readJsonl(path).map((row) => row.step)).toEqual([3]);
  });

  it.each([
    [
      'half a line',
      '{"step":1}\n{"step":\n',
      /line 2: expected a JSON object of numbers with a step, found "{"step":"/,
    ],
    ['a list', '[1]\n', /line 1/],
    ['a number', '7\n', /line 1/],
    ['null', 'null\n', /line 1/],
    ['no step', '{"lossD":1}\n', /line 1/],
    ['a step that is not finite', '{"step":null}\n', /line 1/],
    ['a word', '{"step":1,"lossD":"x"}\n', /line 1/],
    ['an object within', '{"step":1,"lossD":{}}\n', /line 1/],
  ])('refuses to continue a file with %s, and leaves it', (_, text, message) => {
    const path = temporary.path('metrics.jsonl');
    writeFileSync(path, text);
    const open = () => openJsonl(path, { resumeFrom: 9 });
    expect(open).toThrow(FileError);
    expect(open).toThrow(message);
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  it('keeps whole lines on a full disk', async () => {
    let full = false;
    jest.resetModules();
    jest.unstable_mockModule('node:fs', () => ({
      ...realFs,
      writeFileSync: (file: number, text: string) => {
        realFs.writeFileSync(file, full ? text.slice(0, 4) : text);
        if (full) throw Object.assign(new Error('ENOSPC'), { errno: -28, code: 'ENOSPC' });
      },
    }));
    const onFullDisk = await import('../../../packages/gan/src/files/jsonl.ts');
    const path = temporary.path('metrics.jsonl');
    const log = onFullDisk.openJsonl(path);
    log.append({ step: 1 });
    full = true;
    expect(() => log.append({ step: 2 })).toThrow(`cannot write ${path}: no space left on device (ENOSPC)`);
    log.close();
    expect(readFileSync(path, 'utf8')).toBe('{"step":1}\n');
  });
});
