/** Opens a device in Node, through Dawn (npm package `webgpu`). */
import { existsSync, readdirSync } from 'node:fs';
import {
  type AdapterDescription,
  AdapterError,
  type AdapterReport,
  type AdapterSurvey,
  adapterClass,
  chooseAdapter,
  type OpenedGpu,
  type OpenOptions,
} from './adapter.ts';
import { adviceFor } from './advice.ts';
import { report, requestDevice } from './device.ts';
import { offerEmbeddedAdapter } from './embedded.ts';
import { quietly } from './quiet.ts';
import { waitAsleep } from './wait.ts';

export { SHIPPED as shippedTables } from '../tuning/shipped.ts';
export { userTuningStore } from './tuning-files.ts';

/** Dawn's `GPU` objects must outlive their devices, whether or not the caller keeps more than the device. */
const inUse = new Set<GPU>();

/**
 * Opens a device with the adapter's full limits and, where there are, timestamp queries, subgroups and f16.
 * @throws AdapterError where no adapter fits or Dawn cannot be loaded
 */
export async function openGpu({ adapter: word, ...options }: OpenOptions = {}): Promise<OpenedGpu> {
  const { adapter, note } = chooseAdapter(await listAdapters(), word);
  const { gpu, found } = await requestAdapter(adapter, options);
  if (!found) throw new AdapterError(`adapter: ${adapter.name} was there a moment ago and cannot be opened any more`);
  const device = await quietly(() => requestDevice(found));
  inUse.add(gpu);
  return {
    gpu: device,
    languageFeatures: [...gpu.wgslLanguageFeatures],
    adapter,
    note,
    wait: (work) => (adapter.software ? waitAsleep(work) : work),
    close() {
      device.destroy();
      inUse.delete(gpu);
    },
  };
}

/** All adapters that can be opened, and what would be better. */
export async function listAdapters(): Promise<AdapterSurvey> {
  const { embeddedMissing } = await loadDawn();
  const adapters: AdapterReport[] = [];
  const remarks = new Set<string>();
  for (const origin of await adapterNames(remarks)) {
    const { found } = await requestAdapter(origin);
    const embedded = embeddedMissing === null && adapterClass(origin.name) === 'swiftshader';
    if (found) adapters.push(report(found, { ...origin, embedded }));
  }
  return { adapters, advice: adviceFor(adapters, process.platform, hasMesa()), embeddedMissing, remarks: [...remarks] };
}

type Dawn = typeof import('webgpu');

let loading: Promise<{ dawn: Dawn; embeddedMissing: string | null }> | undefined;

function loadDawn() {
  loading ??= (async () => {
    const embeddedMissing = await offerEmbeddedAdapter();
    const dawn = await import('webgpu').catch((error: Error) => {
      throw new AdapterError(`adapter: the package webgpu (Dawn) cannot be loaded on this machine: ${error.message}`);
    });
    // GPUBufferUsage, GPUMapMode and the classes, under the names that they have in a browser.
    for (const [name, value] of Object.entries(dawn.globals)) {
      if (!(name in globalThis)) Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
    }
    return { dawn, embeddedMissing };
  })();
  return loading;
}

/** Whether Mesa's llvmpipe is installed, working or not: the system has its manifest for the Vulkan loader. */
function hasMesa(): boolean {
  return ['/etc', '/usr/share', '/usr/local/share']
    .map((folder) => `${folder}/vulkan/icd.d`)
    .some((folder) => existsSync(folder) && readdirSync(folder).some((file) => file.startsWith('lvp_icd')));
}

type AdapterName = Pick<AdapterDescription, 'name' | 'backend'>;

/** Dawn lists its adapters in the message about one that does not exist. */
async function adapterNames(remarks: Set<string>): Promise<AdapterName[]> {
  const { dawn } = await loadDawn();
  const message = await quietly(() => dawn.create(['adapter=?']).requestAdapter(), remarks).then(
    () => '',
    (error: Error) => error.message,
  );
  const listed = new Map([...message.matchAll(/backend: '(.*)', name: '(.*)'/g)].map((m) => [m[0], m]));
  return [...listed.values()].map(([, backend, name]) => ({ backend: backend!, name: name! }));
}

/** `found` is null where Dawn lists the adapter but refuses it: it can do less than WebGPU asks. */
async function requestAdapter(
  { backend, name }: AdapterName,
  { robustness = true, matmulPrecision = 'highest' }: OpenOptions = {},
) {
  const { dawn } = await loadDawn();
  const toggles = [
    ...(robustness ? [] : ['disable_robustness']),
    // Subgroup matrices are experimental, and f16 is off on NVIDIA since some of its drivers failed Dawn's tests.
    ...(matmulPrecision === 'medium' ? ['allow_unsafe_apis', 'vulkan_enable_f16_on_nvidia'] : []),
  ];
  const gpu = dawn.create([
    `backend=${backend}`,
    `adapter=${name}`,
    'disable-dawn-features=timestamp_quantization',
    ...(toggles.length > 0 ? [`enable-dawn-features=${toggles.join(',')}`] : []),
  ]);
  const found = await quietly(() => gpu.requestAdapter()).catch(() => null);
  return { gpu, found };
}
