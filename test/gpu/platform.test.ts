import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as browser from '../../packages/tensor/src/platform/browser.ts';
import { AdapterError, listAdapters, openGpu } from '../../packages/tensor/src/platform/index.ts';
import { quietly } from '../../packages/tensor/src/platform/quiet.ts';

const onLinuxX64 = process.platform === 'linux' && process.arch === 'x64' ? describe : describe.skip;

/** Doubles [1, 2, 3, 4] on the device, with WebGPU alone. */
async function doubled(gpu: GPUDevice): Promise<number[]> {
  const code = `
    @group(0) @binding(0) var<storage, read_write> x: array<f32>;
    @compute @workgroup_size(4) fn main(@builtin(local_invocation_index) i: u32) { x[i] = x[i] * 2.0; }`;
  const module = gpu.createShaderModule({ code });
  const pipeline = await gpu.createComputePipelineAsync({ layout: 'auto', compute: { module } });
  const { STORAGE, COPY_SRC, COPY_DST, MAP_READ } = GPUBufferUsage;
  const buffer = gpu.createBuffer({ size: 16, usage: STORAGE | COPY_SRC | COPY_DST });
  const readable = gpu.createBuffer({ size: 16, usage: COPY_DST | MAP_READ });
  gpu.queue.writeBuffer(buffer, 0, new Float32Array([1, 2, 3, 4]));
  const encoder = gpu.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  const entries = [{ binding: 0, resource: { buffer } }];
  pass.setBindGroup(0, gpu.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }));
  pass.dispatchWorkgroups(1);
  pass.end();
  encoder.copyBufferToBuffer(buffer, 0, readable, 0, 16);
  gpu.queue.submit([encoder.finish()]);
  await readable.mapAsync(GPUMapMode.READ);
  return [...new Float32Array(readable.getMappedRange())];
}

onLinuxX64('the embedded adapter', () => {
  it.each([true, false])('opens by word and computes, robustness %s', async (robustness) => {
    const opened = await openGpu({ adapter: 'swiftshader', robustness });
    expect(opened.adapter).toMatchObject({ class: 'swiftshader', software: true, embedded: true, backend: 'vulkan' });
    expect(opened.note).toMatch(/^SwiftShader .*embedded software adapter/);
    expect(await doubled(opened.gpu)).toEqual([2, 4, 6, 8]);
    opened.close();
    expect((await opened.gpu.lost).reason).toBe('destroyed');
  });
});

describe('openGpu', () => {
  it('gives the limits and features that the adapter has, by default of the best one', async () => {
    const { gpu, adapter, close } = await openGpu();
    const report = (await listAdapters()).adapters.find((a) => a.name === adapter.name)!;
    for (const [name, limit] of Object.entries(report.limits)) {
      expect([name, gpu.limits[name as keyof GPUSupportedLimits]]).toEqual([name, limit]);
    }
    expect(report.limits.maxBufferSize).toBeGreaterThan(2 ** 28);
    expect([...gpu.features]).toEqual(expect.arrayContaining(report.features));
    close();
  });

  it('opens devices side by side, and closing one leaves the other', async () => {
    const [first, second] = await Promise.all([openGpu(), openGpu()]);
    first.close();
    expect(await doubled(second.gpu)).toEqual([2, 4, 6, 8]);
    second.close();
  });

  it('refuses an unknown name and lists the adapters', async () => {
    const { adapters } = await listAdapters();
    const error: Error = await openGpu({ adapter: 'no such thing' }).catch((e) => e);
    expect(error).toBeInstanceOf(AdapterError);
    expect(adapters.length).toBeGreaterThan(0);
    for (const { name } of adapters) expect(error.message).toContain(name);
  });
});

describe('openGpu in a browser', () => {
  const original = Object.getOwnPropertyDescriptor(globalThis, 'navigator');
  const browse = (navigator: object) =>
    Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true });
  afterEach(() => {
    if (original) Object.defineProperty(globalThis, 'navigator', original);
    else Reflect.deleteProperty(globalThis, 'navigator');
  });

  it('opens what the browser gives', async () => {
    await listAdapters(); // offers the embedded adapter to Dawn
    const { create } = await import('webgpu');
    const dawn = create([]);
    browse({ gpu: { requestAdapter: () => quietly(() => dawn.requestAdapter()) } });
    const { gpu, adapter, close } = await browser.openGpu();
    expect(adapter).toMatchObject({ backend: 'browser', embedded: false });
    expect(await doubled(gpu)).toEqual([2, 4, 6, 8]);
    close();
  });

  it('says what is needed where there is no WebGPU', async () => {
    browse({});
    await expect(browser.openGpu()).rejects.toThrow(/offers no WebGPU.*Chrome/);
    expect((await browser.listAdapters()).adapters).toEqual([]);
  });
});

describe('a script', () => {
  const platform = new URL('../../packages/tensor/src/platform/index.ts', import.meta.url);
  const script = `
    import { openGpu } from ${JSON.stringify(platform)};
    const { adapter, close } = await openGpu();
    console.log(adapter.name);
    close();
    console.error('own words');`;
  const node = [process.execPath, '-C', 'source', '--import', 'tsx', '--input-type=module', '-e', script];
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'ganvas-test-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('ends by itself, and only its own words reach stderr in an appended file', () => {
    const log = join(folder, 'log');
    const stderr = openSync(log, 'a');
    const { status, stdout } = spawnSync(node[0]!, node.slice(1), {
      stdio: ['ignore', 'pipe', stderr],
      timeout: 20000,
    });
    closeSync(stderr);
    expect({ status, log: readFileSync(log, 'utf8') }).toEqual({ status: 0, log: 'own words\n' });
    expect(String(stdout).trim()).not.toBe('');
  });

  it('does so in a pipe, and survives one without a reader', () => {
    const shell = (line: string) =>
      spawnSync('bash', ['-c', line, ...node], { timeout: 20000, encoding: 'utf8' })
        .stdout.split('\n')
        .slice(-3);
    expect(shell('set -o pipefail; "$0" "$@" 2>&1 >/dev/null | cat; echo $?')).toEqual(['own words', '0', '']);
    expect(shell('{ "$0" "$@" 2>&1 >&3 | true; } 3>&1; echo done')[1]).toBe('done');
  });
});
