import * as realFs from 'node:fs';
import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { jest } from '@jest/globals';
import fc from 'fast-check';
import { openCsv, readCsv, shortest } from '../../../packages/gan/src/files/csv.ts';
import { FileError } from '../../../packages/gan/src/files/file-error.ts';
import { useTemporaryFolder } from './temporary-folder.ts';

const temporary = useTemporaryFolder();
const COLUMNS = ['step', 'lossD', 'lossG'] as const;
const row = (step: number) => ({ step, lossD: Math.fround(step / 7), lossG: Math.fround(Math.exp(-step)) });

function write(path: string, steps: number[], resumeFrom?: number): void {
  const csv = openCsv(path, COLUMNS, { resumeFrom });
  for (const step of steps) csv.append(row(step));
  csv.close();
}

describe('shortest', () => {
  it('gives every float32 back, in at most nine digits', () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(Math.fround(Number(shortest(value)))).toBe(value === 0 ? 0 : value);
        if (!Number.isInteger(value))
          expect(
            shortest(value)
              .replace(/e.*|[-.]/g, '')
              .replace(/^0+/, '').length,
          ).toBeLessThanOrEqual(9);
      }),
    );
  });

  it('writes no digit too many', () => {
    expect([Math.fround(0.1), Math.fround(1 / 3), 60000, 2 ** 40, Number.NaN].map(shortest)).toEqual([
      '0.1',
      '0.33333334',
      '60000',
      '1099511627776',
      'NaN',
    ]);
  });
});

describe('openCsv', () => {
  it('writes the header once, and every row at once', () => {
    const path = temporary.path('loss.csv');
    const csv = openCsv(path, COLUMNS);
    expect(readFileSync(path, 'utf8')).toBe('step,lossD,lossG\n');
    csv.append({ step: 1, lossD: 0.5, lossG: Number.NaN });
    expect(readFileSync(path, 'utf8')).toBe('step,lossD,lossG\n1,0.5,NaN\n');
    csv.append({ step: 2, lossD: 0.1, lossG: 1e-9 });
    csv.sync();
    csv.close();
    expect(readFileSync(path, 'utf8')).toBe('step,lossD,lossG\n1,0.5,NaN\n2,0.1,1e-9\n');
    expect(readCsv(path, COLUMNS)).toEqual([
      { step: 1, lossD: 0.5, lossG: Number.NaN },
      { step: 2, lossD: 0.1, lossG: 1e-9 },
    ]);
  });

  it('after an interruption ends in the file of a run without one', () => {
    write(temporary.path('whole.csv'), [1, 2, 3, 4, 5, 6]);
    const path = temporary.path('loss.csv');
    write(path, [1, 2, 3, 4, 5]);
    appendFileSync(path, '6,0.85714');
    write(path, [4, 5, 6], 3);
    expect(readFileSync(path, 'utf8')).toBe(readFileSync(temporary.path('whole.csv'), 'utf8'));
    expect(readdirSync(temporary.path()).sort()).toEqual(['loss.csv', 'whole.csv']);
  });

  it('begins anew where nothing is to be continued', () => {
    const path = temporary.path('loss.csv');
    write(path, [1], 7);
    write(path, [2]);
    expect(readCsv(path, COLUMNS).map((r) => r.step)).toEqual([2]);
  });

  it.each([
    ['other columns', 'step,loss\n1,2\n', /expected the columns "step,lossD,lossG", found "step,loss"/],
    ['nothing', '', /found ""/],
    ['a word', 'step,lossD,lossG\n1,0.5,0.5\n2,x,1\n', /line 3: expected 3 numbers, found "2,x,1"/],
    ['an empty cell', 'step,lossD,lossG\n1,,0.5\n', /line 2: expected 3 numbers/],
    ['a cell too many', 'step,lossD,lossG\n1,2,3,4\n', /line 2: expected 3 numbers/],
  ])('refuses to continue a file with %s, and leaves it', (_, text, message) => {
    const path = temporary.path('loss.csv');
    writeFileSync(path, text);
    const open = () => openCsv(path, COLUMNS, { resumeFrom: 9 });
    expect(open).toThrow(FileError);
    expect(open).toThrow(message);
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  it('keeps whole rows on a full disk', async () => {
    let full = false;
    jest.resetModules();
    jest.unstable_mockModule('node:fs', () => ({
      ...realFs,
      writeFileSync: (file: number, text: string) => {
        realFs.writeFileSync(file, full ? text.slice(0, 4) : text);
        if (full) throw Object.assign(new Error('ENOSPC'), { errno: -28, code: 'ENOSPC' });
      },
    }));
    const onFullDisk = await import('../../../packages/gan/src/files/csv.ts');
    const path = temporary.path('loss.csv');
    const csv = onFullDisk.openCsv(path, COLUMNS);
    csv.append(row(1));
    full = true;
    expect(() => csv.append(row(2))).toThrow(`cannot write ${path}: no space left on device (ENOSPC)`);
    csv.close();
    expect(readFileSync(path, 'utf8')).toBe('step,lossD,lossG\n1,0.14285715,0.36787945\n');
  });
});
