/** `step.log()`: an output of every run comes to the host, in order, without a wait for each. */
import {
  add,
  assign,
  CaptureError,
  capture,
  DeviceLostError,
  mul,
  neg,
  setDefaultDevice,
  state,
  type Tensor,
  type TypedArray,
  tensor,
} from '@ganvas/tensor';
import { jest } from '@jest/globals';
import { anotherDevice, useDevice } from '../device.ts';

const device = useDevice();
const flat = (rows: readonly TypedArray[]) => rows.map((row) => Array.from(row));

/** A step that counts its calls, and returns [count, count · x]. */
function counter() {
  const count = state([0]);
  return capture((x: Tensor) => {
    assign(count, add(count, 1));
    return { pair: mul(tensor([1, 1]), mul(count, x)), other: neg(count) };
  });
}
const counted = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => [from + i, from + i]);

describe('a log', () => {
  it('has a row for every run, in order, whatever the size of its pages', async () => {
    for (const every of [1, 3, 16]) {
      const step = counter();
      const log = step.log({ output: ({ pair }) => pair, every });
      const rows: TypedArray[] = [];
      for (let i = 0; i < 50; i++) {
        step(1);
        rows.push(...(await log.arrived()));
      }
      expect(rows.length).toBeLessThanOrEqual(50);
      rows.push(...(await log.flush()));
      expect(flat(rows)).toEqual(counted(1, 51));
      expect(await log.flush()).toEqual([]);
      step.dispose();
    }
  });

  it('begins with the next run, and goes on behind a flush', async () => {
    const step = counter();
    step(1);
    const log = step.log({ output: ({ pair }) => pair });
    step(1);
    expect(flat(await log.flush())).toEqual([[2, 2]]);
    step(1);
    step.repeat(3, 1);
    expect(flat(await log.flush())).toEqual(counted(3, 7));
  });

  it('adds no submission, keeps to three pages and waits when the device is two behind', async () => {
    const step = counter();
    const log = step.log({ output: ({ pair }) => pair, every: 4 });
    const rows: TypedArray[] = [];
    let [most, buffers] = [0, 0];
    const before = device().statistics.submits;
    for (let i = 1; i <= 200; i++) {
      step(1);
      rows.push(...(await log.arrived()));
      most = Math.max(most, i - rows.length);
      if (i === 20) ({ buffers } = device().statistics);
    }
    rows.push(...(await log.flush()));
    expect(device().statistics).toMatchObject({ buffers, submits: before + 200 });
    expect(most).toBeLessThanOrEqual(2 * 4);
    expect(flat(rows)).toEqual(counted(1, 201));
  });

  it('sends few rows at a time while they are slow to come, and more once they are not', async () => {
    const step = counter();
    const log = step.log({ output: ({ pair }) => pair, every: 8 });
    let [now, pace] = [0, 0];
    const clock = jest.spyOn(performance, 'now').mockImplementation(() => {
      now += pace;
      return now;
    });
    /** How many rows were out at most. */
    const lag = async (calls: number) => {
      let [out, most] = [0, 0];
      for (let i = 0; i < calls; i++) {
        step(1);
        out += 1 - (await log.arrived()).length;
        most = Math.max(most, out);
      }
      await log.flush();
      return most;
    };
    pace = 1000;
    expect(await lag(20)).toBeLessThanOrEqual(2);
    pace = 0;
    expect(await lag(100)).toBeGreaterThanOrEqual(7);
    pace = 1000;
    await lag(40);
    expect(await lag(20)).toBeLessThanOrEqual(2);
    clock.mockRestore();
  });

  it('that nobody awaits refuses a call before its rows are lost', async () => {
    const step = counter();
    const log = step.log({ output: ({ pair }) => pair, every: 2 });
    for (let i = 0; i < 6; i++) step(1);
    expect(() => step(1)).toThrow(CaptureError);
    expect(() => step(1)).toThrow(
      'log: there is room for 0 more rows (3 pages of 2), and the call makes 1; await log.arrived() between calls, or log with a larger `every`',
    );
    expect(flat(await log.flush())).toEqual(counted(1, 7)); // the refused calls have not run
    expect(() => step.repeat(7, 1)).toThrow('there is room for 6 more rows');
    step.repeat(5, 1);
    expect(flat(await log.flush())).toEqual(counted(7, 12));
  });

  it('takes rows across pages from one repeat', async () => {
    const step = counter();
    const log = step.log({ output: ({ pair }) => pair, every: 4 });
    step(1);
    step.repeat(9, 1);
    expect(flat(await log.flush())).toEqual(counted(1, 11));
  });

  it('stands beside another', async () => {
    const step = counter();
    const pairs = step.log({ output: ({ pair }) => pair });
    const others = step.log({ output: ({ other }) => other });
    step(1);
    step(2);
    pairs.close();
    pairs.close();
    step(3);
    expect(flat(await others.flush())).toEqual([[-1], [-2], [-3]]);
    await expect(pairs.flush()).rejects.toThrow('log: this log was closed');
  });

  it('serves two who await it at once, and loses nothing', async () => {
    const step = counter();
    const log = step.log({ output: ({ pair }) => pair, every: 2 });
    step.repeat(5, 1);
    const [first, second] = await Promise.all([log.flush(), log.flush()]);
    expect(flat([...first, ...second])).toEqual(counted(1, 6));
  });

  it('holds other types than f32, and what is an input or state', async () => {
    const words = capture((x: Tensor) => x);
    const log = words.log();
    words(Uint32Array.of(1, 2 ** 31));
    words(Uint32Array.of(3, 4));
    const rows = await log.flush();
    expect(rows[0]).toBeInstanceOf(Uint32Array);
    expect(flat(rows)).toEqual([
      [1, 2 ** 31],
      [3, 4],
    ]);
  });

  it('says what it cannot log', async () => {
    const step = counter();
    expect(() => step.log({ every: 0 })).toThrow('log: every: expected a whole number of rows of at least 1, got 0');
    const vague = step.log();
    expect(() => step(1)).toThrow('log: the step returns more than one tensor; name one');
    vague.close();
    step(1);
    const sized = capture((x: Tensor) => neg(x));
    sized.log();
    sized(Float32Array.of(1));
    expect(() => sized(Float32Array.of(1, 2))).toThrow(
      'log: expected f32[1] in every row, as in the first, got f32[2]',
    );
  });

  it('ends with its step', async () => {
    const step = counter();
    const log = step.log({ output: ({ pair }) => pair, every: 1 });
    step(1);
    step.dispose();
    await expect(log.arrived()).rejects.toThrow('log: this log was closed, by close() or with its step');
  });

  it('tells of a device that was lost', async () => {
    const other = await anotherDevice();
    const step = capture((x: Tensor) => neg(x), { device: other });
    const log = step.log({ every: 1 });
    step(1);
    other.gpu.destroy();
    await expect(log.flush()).rejects.toThrow(DeviceLostError);
    other.close();
    setDefaultDevice(device());
  });
});
