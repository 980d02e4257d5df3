import * as realFs from 'node:fs';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { jest } from '@jest/globals';
import { writeFileAtomic } from '../../../packages/gan/src/files/atomic.ts';
import { FileError } from '../../../packages/gan/src/files/file-error.ts';
import { useTemporaryFolder } from './temporary-folder.ts';

const temporary = useTemporaryFolder();

describe('writeFileAtomic', () => {
  it('writes bytes and text, over what was there, and leaves nothing else', () => {
    const path = temporary.path('file');
    writeFileAtomic(path, 'größer');
    expect(readFileSync(path, 'utf8')).toBe('größer');
    writeFileAtomic(path, Uint8Array.of(1, 2, 3));
    expect([...readFileSync(path)]).toEqual([1, 2, 3]);
    expect(readdirSync(temporary.path())).toEqual(['file']);
  });

  it('names a folder that is missing', () => {
    const path = temporary.path('none/file');
    const write = () => writeFileAtomic(path, 'x');
    expect(write).toThrow(FileError);
    expect(write).toThrow(`cannot write ${path}: no such file or directory (ENOENT)`);
  });

  it('names a folder that is a file', () => {
    writeFileSync(temporary.path('file'), 'old');
    expect(() => writeFileAtomic(temporary.path('file/inside'), 'x')).toThrow(
      /file\/inside: not a directory \(ENOTDIR\)/,
    );
    expect(readFileSync(temporary.path('file'), 'utf8')).toBe('old');
  });

  it('removes the temporary file where the name cannot be taken', () => {
    mkdirSync(temporary.path('taken'));
    expect(() => writeFileAtomic(temporary.path('taken'), 'x')).toThrow(/taken: .*\(E(ISDIR|EXIST|PERM)\)/);
    expect(readdirSync(temporary.path())).toEqual(['taken']);
  });

  it('keeps the old file when the disk is full half way', async () => {
    jest.resetModules();
    jest.unstable_mockModule('node:fs', () => ({
      ...realFs,
      writeFileSync: (file: number, content: Uint8Array) => {
        realFs.writeSync(file, content.subarray(0, 2));
        throw Object.assign(new Error('ENOSPC: no space left on device, write'), { errno: -28, code: 'ENOSPC' });
      },
    }));
    const onFullDisk = await import('../../../packages/gan/src/files/atomic.ts');
    const path = temporary.path('checkpoint');
    writeFileSync(path, 'old');
    expect(() => onFullDisk.writeFileAtomic(path, Uint8Array.of(1, 2, 3))).toThrow(
      `cannot write ${path}: no space left on device (ENOSPC)`,
    );
    expect(readFileSync(path, 'utf8')).toBe('old');
    expect(readdirSync(temporary.path())).toEqual(['checkpoint']);
  });
});
