/** From a `GPUAdapter` to a device with all it can give us. The same in Node and in a browser. */
import { type AdapterDescription, type AdapterReport, adapterClass } from './adapter.ts';

/** The limits that kernels meet; a device gets its adapter's maximum of each, not WebGPU's modest defaults. */
const LIMITS = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupSizeY',
  'maxComputeWorkgroupSizeZ',
] as const satisfies (keyof GPUSupportedLimits)[];

/** Taken where there are. */
const FEATURES = ['timestamp-query', 'subgroups', 'shader-f16', 'chromium-experimental-subgroup-matrix'];

const limitsOf = ({ limits }: GPUAdapter) => Object.fromEntries(LIMITS.map((name) => [name, limits[name] as number]));
const featuresOf = ({ features }: GPUAdapter) => FEATURES.filter((name): name is GPUFeatureName => features.has(name));

/** @param origin what the adapter itself cannot tell */
export function report(
  adapter: GPUAdapter,
  origin: Pick<AdapterDescription, 'name' | 'embedded' | 'backend'>,
): AdapterReport {
  const { vendor, architecture, description, isFallbackAdapter } = adapter.info;
  const kind = adapterClass(`${origin.name} ${architecture}`);
  return {
    ...origin,
    class: kind,
    software: isFallbackAdapter || kind !== 'gpu',
    vendor,
    architecture,
    driver: description,
    features: featuresOf(adapter),
    limits: limitsOf(adapter),
  };
}

export function requestDevice(adapter: GPUAdapter): Promise<GPUDevice> {
  return adapter.requestDevice({ requiredFeatures: featuresOf(adapter), requiredLimits: limitsOf(adapter) });
}
