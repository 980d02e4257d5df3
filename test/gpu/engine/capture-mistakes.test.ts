/** What a user of `capture` does wrong, and what is said. Mistakes in ops are in messages.test.ts, failures of the device in errors.test.ts. */
import {
  add,
  assign,
  CaptureError,
  capture,
  neg,
  setDefaultDevice,
  state,
  type Tensor,
  TensorError,
  tensor,
} from '@ganvas/tensor';
import { anotherDevice, useDevice } from '../device.ts';

const device = useDevice();

describe('mistakes', () => {
  it('a step inside another capture', () => {
    const inner = capture((x: Tensor) => neg(x));
    const outer = capture((x: Tensor) => inner(x));
    expect(() => outer(1)).toThrow(CaptureError);
    expect(() => outer(1)).toThrow('a step was called inside another capture; record its function directly');
    expect(inner(1).shape).toEqual([]); // the failure left no recording open
  });

  it('reading what is only recorded', async () => {
    let reading: Promise<unknown> | undefined;
    capture((x: Tensor) => {
      const y = neg(x);
      reading = y.data();
      reading.catch(() => {});
      return y;
    })(1);
    await expect(reading).rejects.toThrow(TensorError);
    await expect(reading).rejects.toThrow('return it from the captured function');
  });

  it('reading a tensor of the recording after the step has run', async () => {
    let inner: Tensor | undefined;
    const step = capture((x: Tensor) => {
      inner = neg(x);
      return add(inner, 1);
    });
    expect(await step(1).item()).toBe(0);
    await expect(inner!.data()).rejects.toThrow(TensorError);
    await expect(inner!.data()).rejects.toThrow(
      "data: the tensor of shape [] has no values: it was recorded inside capture; return it from the captured function and read it from the step's result",
    );
  });

  it('a recorded tensor that is used elsewhere', () => {
    let leaked: Tensor | undefined;
    capture((x: Tensor) => {
      leaked = neg(x);
      return x;
    })(1);
    expect(() => capture(() => neg(leaked!))()).toThrow('was recorded in another capture');
    expect(() => neg(leaked!)).toThrow('was recorded in another capture');
  });

  it('an input that was disposed, or never had values', () => {
    const step = capture((x: Tensor) => neg(x));
    step(tensor([1]));
    const gone = tensor([1]);
    gone.dispose();
    expect(() => step(gone)).toThrow(TensorError);
    expect(() => step(gone)).toThrow('capture: an input of shape [1] was disposed');
    expect(() => step.repeat(2, gone)).toThrow('capture: an input of shape [1] was disposed');
  });

  it('a tensor that the step reads was disposed', () => {
    const table = tensor([1, 2]);
    const step = capture((x: Tensor) => add(x, table));
    step(1);
    table.dispose();
    expect(() => step(1)).toThrow('capture: a tensor of shape [2] that the step reads was disposed');
  });

  it('assigning to what is no state', () => {
    const t = tensor([1]);
    expect(() => assign(t, tensor([2]))).toThrow('assign: only a state tensor can be written; make one with state(');
    expect(() => t.write(Float32Array.of(1))).toThrow('write: only a state tensor can be written');
    expect(() => state([1]).write(new Float32Array(2))).toThrow('write: expected 1 values for shape [1], got 2');
    expect(() => capture((x: Tensor) => assign(t, x))(tensor([2]))).toThrow(
      'assign: only a state tensor can be written',
    );
    expect(() => capture((x: Tensor) => assign(neg(x), x))(tensor([2]))).toThrow('assign: only a state tensor');
    expect(() => assign(state([1, 2]), tensor([[1, 2]]))).toThrow('assign: the state is f32[2], the value f32[1,2]');
  });

  it('calling a step that was disposed, and reading what it returned', async () => {
    const step = capture((x: Tensor) => neg(x));
    const result = step(1);
    step.dispose();
    step.dispose(); // once more does nothing
    await expect(result.data()).rejects.toThrow(TensorError);
    await expect(result.data()).rejects.toThrow(
      /data: the tensor of shape \[\] was disposed \(.*with the step that returned it\)/,
    );
    expect(() => add(result, 1)).toThrow('add: an input of shape [] was disposed');
    for (const call of [() => step(2), () => step.repeat(2, 2), () => step.record(2)]) {
      expect(call).toThrow(CaptureError);
      expect(call).toThrow('capture: this step was disposed; capture its function again');
    }
    await expect(step.prepare(2)).rejects.toThrow('was disposed');
  });

  it('reading what a step whose shapes left the cache returned', async () => {
    const step = capture((x: Tensor) => neg(x), { cacheSize: 1 });
    const first = step(1);
    step(Float32Array.of(1, 2));
    await expect(first.data()).rejects.toThrow('was disposed');
  });

  it('tensors of two devices', async () => {
    const mine = tensor([1]);
    const other = await anotherDevice();
    setDefaultDevice(device());
    const theirs = tensor([2], undefined, { device: other });
    expect(() => add(mine, theirs)).toThrow('add: inputs live on different devices');
    const step = capture((x: Tensor) => neg(x));
    step(mine);
    expect(() => step(theirs)).toThrow(TensorError);
    expect(() => step(theirs)).toThrow(/capture: inputs live on different devices/);
    expect(() => capture((x: Tensor) => add(x, mine))(theirs)).toThrow(/add: inputs live on different devices/);
    other.close();
  });
});
