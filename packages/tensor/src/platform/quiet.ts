/** Dawn and drivers print remarks about every adapter they look at. This keeps them from the user's terminal. */
import { closeSync, constants, fstatSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { isMainThread } from 'node:worker_threads';

/** What tells a user nothing. */
const NOISE = /artificially reduced|XDG_RUNTIME_DIR|not a conformant/i;
/** How Dawn begins a remark; where in its source it arose follows on indented lines. */
const REMARK = /^Warning: (.*)/;
const STDERR = 2;

/**
 * Calls native code and takes its remarks off stderr: known noise is dropped, the others go to `remarks`, and what else is
 * written there is passed on. Where stderr cannot be diverted safely, the call is made as it is.
 */
export async function quietly<T>(native: () => Promise<T>, remarks = new Set<string>()): Promise<T> {
  for (let tries = 10; filesAreBeingOpened() && tries > 0; tries--) await setTimeout(5);
  const diversion = divertStderr();
  let result: Promise<T>;
  try {
    result = native();
  } finally {
    if (diversion) process.stderr.write(sift(diversion.end(), remarks));
  }
  return result;
}

/** Takes the remarks out of `text`; what is left of it. */
function sift(text: string, remarks: Set<string>): string {
  let inRemark = false;
  const left = text.match(/.+\n?/g)?.filter((line) => {
    const remark = REMARK.exec(line)?.[1];
    if (remark && !NOISE.test(remark)) remarks.add(remark);
    inRemark = remark !== undefined || (inRemark && /^\s/.test(line));
    return !inRemark && !NOISE.test(line);
  });
  return left?.join('') ?? '';
}

/** Sends stderr to a file until `end()`, which gives the text. Null where that cannot be done. */
function divertStderr(): { end(): string } | null {
  if (process.platform !== 'linux' || !isMainThread || filesAreBeingOpened()) return null;
  let saved: number | undefined;
  let folder = '';
  try {
    const flags = reopeningFlags();
    if (flags === null) return null;
    // For reading too: to open a pipe for writing alone waits for ever once its reader has gone.
    const kept = openSync(`/proc/self/fd/${STDERR}`, constants.O_RDWR | (flags & ~ACCESS));
    saved = kept;
    folder = mkdtempSync(join(tmpdir(), 'ganvas-'));
    const log = openSync(join(folder, 'stderr'), 'ax+');
    moveStderr(log, constants.O_WRONLY | constants.O_APPEND);
    return {
      end() {
        moveStderr(kept, flags);
        closeSync(kept);
        const text = readFileSync(log, 'utf8');
        closeSync(log);
        return text;
      },
    };
  } catch {
    if (saved !== undefined) closeSync(saved);
    return null;
  } finally {
    if (folder) rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Makes descriptor 2 what `fd` is. Node has no dup2, but `open` takes the lowest free number, and Linux opens a descriptor
 * anew through /proc.
 */
function moveStderr(fd: number, flags: number): void {
  closeSync(STDERR);
  openSync(`/proc/self/fd/${fd}`, flags);
}

const ACCESS = constants.O_RDONLY | constants.O_WRONLY | constants.O_RDWR;

/**
 * Flags with which stderr can be opened anew as it is. Null for a file that is not appended to: opened anew it would
 * have its own position, and stdout in the same file would overwrite it. A socket cannot be opened at all.
 */
function reopeningFlags(): number | null {
  const info = readFileSync(`/proc/self/fdinfo/${STDERR}`, 'utf8');
  const flags = Number.parseInt(/^flags:\s*([0-7]+)/m.exec(info)![1]!, 8);
  if (fstatSync(STDERR).isFile() && !(flags & constants.O_APPEND)) return null;
  return (flags & (ACCESS | constants.O_APPEND | constants.O_NONBLOCK)) | constants.O_NOCTTY;
}

/** While descriptor 2 is closed, no other thread may be given it. */
function filesAreBeingOpened(): boolean {
  return process.getActiveResourcesInfo().some((resource) => resource.startsWith('FSReq'));
}
