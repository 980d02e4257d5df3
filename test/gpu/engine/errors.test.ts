/** What goes wrong on the device comes back as an error that names the op and the kernel; nothing hangs. */
import { candidate, defineKernel, type Requirements, type Slot, slot } from '@ganvas/kernels-wgsl';
import {
  add,
  capture,
  type Device,
  DeviceLostError,
  GpuError,
  mul,
  type Op,
  setDefaultDevice,
  state,
  sum,
  type Tensor,
  tensor,
} from '@ganvas/tensor';
import { apply } from '../../../packages/tensor/src/op.ts';
import { anotherDevice } from '../device.ts';

let device: Device;
beforeEach(async () => {
  device = await anotherDevice();
});
afterEach(() => device.close());

interface Demand {
  /** WGSL element type of the input. */
  type: string;
  workgroups: [number, number, number];
  requires: Requirements;
  /** Where the kernel writes: by default the output; an input is a state tensor. */
  y: Slot;
}

/** An op whose kernel is whatever a test wants to go wrong. */
const opOf = (
  name: string,
  main: string,
  { type = 'f32', workgroups = [1, 1, 1], requires = {}, y = slot.output(0) }: Partial<Demand> = {},
): Op => {
  const kernel = defineKernel({
    name: `test/${name}`,
    about: [],
    bindings: [
      { name: 'x', type, access: 'read' },
      { name: 'y', type: 'f32', access: 'read_write' },
    ],
    workgroupSize: [1, 1, 1],
    workgroups,
    main,
    cost: { flops: 0, bytes: 0 },
    requires,
  });
  return {
    name,
    infer: ([x]) => (y.kind === 'output' ? [x!] : []),
    ...(y.kind === 'input' && { writes: [y.index] }),
    lower: () => ({
      kind: 'kernels',
      candidates: () => [candidate('only', 'It fails.', () => ({ stages: [{ kernel, slots: [slot.input(0), y] }] }))],
    }),
  };
};
const broken = opOf('broken', 'y[gid.x] = x[gid.x] + nonsense;');
const call = (op: Op, x: Tensor): Tensor => apply(op, [x], {})[0]!;

describe('a kernel that does not compile', () => {
  it('eagerly', async () => {
    const error: Error = await call(broken, tensor([1]))
      .data()
      .catch((e) => e);
    expect(error).toBeInstanceOf(GpuError);
    expect(error).toMatchObject({ op: 'broken', kernel: 'test/broken' });
    expect(error.message).toContain('nonsense');
  });

  it('in a step that is prepared', async () => {
    const step = capture((x: Tensor) => call(broken, x));
    const error: Error = await step.prepare(1).catch((e) => e);
    expect(error).toBeInstanceOf(GpuError);
    expect(error).toMatchObject({ op: 'broken', kernel: 'test/broken' });
    expect(error.message).toMatch(/^broken: kernel test\/broken does not compile: [\s\S]*nonsense/);
  });
});

it('a binding that the device refuses names op and kernel', async () => {
  const wide = opOf('wide', 'y[gid.x] = x[gid.x].x;', { type: 'vec4f' });
  const error: Error = await call(wide, tensor([1]))
    .data()
    .catch((e) => e);
  expect(error).toBeInstanceOf(GpuError);
  expect(error).toMatchObject({ op: 'wide', kernel: 'test/wide' });
  expect(error.message).toMatch(/^wide \(kernel test\/wide\): /);
});

describe('a dispatch that the device refuses while it is encoded names op and kernel', () => {
  // One buffer, read and written by the same dispatch: allowed in a bind group, but not in a pass.
  const main = 'y[gid.x] = x[gid.x];';
  const clash = opOf('clash', main, { y: slot.input(0) });
  const fails = async (result: Promise<unknown>) => {
    const error: Error = await result.then(
      () => new Error('nothing was refused'),
      (e) => e,
    );
    expect(error).toBeInstanceOf(GpuError);
    expect(error).toMatchObject({ op: 'clash', kernel: 'test/clash' });
    expect(error.message).toMatch(/^clash \(kernel test\/clash\): /);
  };

  it('eagerly', async () => {
    const s = state([1]);
    apply(clash, [s], {});
    await fails(s.data());
  });

  it('in a step, among others that are sound, before any of it runs', async () => {
    const [s, t] = [state([1]), tensor([1, 2])];
    const step = capture((x: Tensor) => {
      const total = sum(mul(x, t));
      apply(clash, [s], {});
      return add(total, s);
    });
    await fails((async () => step(t).data())());
    expect(() => step(t)).toThrow(GpuError);
  });
});

describe('a device that admits none of the kernels says why', () => {
  it.each<[string, Parameters<typeof opOf>[2]]>([
    ['needs the feature an-abacus', { requires: { features: ['an-abacus'] } }],
    ['needs 1048576 bytes of workgroup memory of', { requires: { workgroupStorage: 2 ** 20 } }],
    ['needs 100000 invocations of', { requires: { invocations: 100000 } }],
    ['launches 70000 workgroups of 65535 along one axis', { workgroups: [70000, 1, 1] }],
  ])('%s', (reason, demand) => {
    const op = opOf('demanding', 'y[gid.x] = x[gid.x];', demand);
    expect(() => call(op, tensor([1]))).toThrow(GpuError);
    expect(() => call(op, tensor([1]))).toThrow(`demanding: this device admits none of its kernels (only: ${reason}`);
  });
});

describe('a lost device', () => {
  it('is a DeviceLostError wherever the host meets it', async () => {
    const x = tensor([1, 2]);
    const step = capture((a: Tensor) => add(a, 1));
    step(x);
    device.gpu.destroy();
    await expect(x.data()).rejects.toThrow(DeviceLostError);
    await expect(x.data()).rejects.toThrow(/was lost: .*open a new one/);
    await expect(device.idle()).rejects.toThrow(DeviceLostError);
    expect(() => add(x, x)).toThrow(DeviceLostError);
    expect(() => step(x)).toThrow(DeviceLostError);
    await expect(step.prepare(tensor([1]))).rejects.toThrow(DeviceLostError);
  });

  it('while a read is under way', async () => {
    const reading = tensor([1, 2]).data();
    device.gpu.destroy();
    await expect(reading).rejects.toThrow(DeviceLostError);
  });
});

it('a closed device says so, and leaves no default', async () => {
  const x = tensor([1]);
  const step = capture((a: Tensor) => add(a, 1));
  step(1);
  device.close();
  expect(() => add(x, x)).toThrow(/is closed/);
  await expect(x.data()).rejects.toThrow(/is closed/);
  expect(() => tensor([1])).toThrow('no device is open; call `await openDevice()` first');
  const next = await anotherDevice();
  expect(() => step(1)).toThrow(/is closed/);
  next.close();
  setDefaultDevice(null);
});

it('a buffer beyond the limit is refused by size', () => {
  const { maxBufferSize } = device.gpu.limits;
  expect(() => device.allocate(maxBufferSize + 4)).toThrow(/^a buffer of \d+ bytes is more than the \d+ that/);
});
