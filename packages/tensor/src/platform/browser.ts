/** Opens a device in a browser, which gives one adapter and keeps its name to itself. */

import type { RungTable } from '../tuning/choices.ts';
import {
  AdapterError,
  type AdapterReport,
  type AdapterSurvey,
  chooseAdapter,
  type OpenedGpu,
  type OpenOptions,
} from './adapter.ts';
import { report, requestDevice } from './device.ts';

export { userTuningStore } from './tuning-page.ts';

/** None: the tables that come with the package are for devices without bounds checks, which a browser does not give. */
export const shippedTables: Readonly<Record<string, RungTable>> = {};

const EXPECTED =
  'a browser with WebGPU (Chrome or Edge 113, Safari 26, Firefox 141 or later) on a page served over https';

/** See `openGpu` in node.ts. `robustness` is without effect here. */
export async function openGpu({ adapter: word }: OpenOptions = {}): Promise<OpenedGpu> {
  const found = await requestAdapter();
  if (!found) throw new AdapterError(`adapter: this browser offers no WebGPU; expected ${EXPECTED}`);
  const { adapter, note } = chooseAdapter(survey(found), word);
  const device = await requestDevice(found);
  const { wgslLanguageFeatures = [] } = navigator.gpu as Partial<GPU>; // Chrome 113 has none
  const languageFeatures = [...wgslLanguageFeatures];
  return { gpu: device, languageFeatures, adapter, note, wait: (work) => work, close: () => device.destroy() };
}

/** See `listAdapters` in node.ts. */
export async function listAdapters(): Promise<AdapterSurvey> {
  return survey(await requestAdapter());
}

function survey(found: GPUAdapter | null): AdapterSurvey {
  const told = { embeddedMissing: null, remarks: [] };
  return found ? { adapters: [describe(found)], advice: null, ...told } : { adapters: [], advice: EXPECTED, ...told };
}

async function requestAdapter(): Promise<GPUAdapter | null> {
  // TypeScript takes `navigator.gpu` for granted; an old browser, or a page served over http, has none.
  const { navigator } = globalThis as { navigator?: Partial<NavigatorGPU> };
  return (await navigator?.gpu?.requestAdapter({ powerPreference: 'high-performance' })) ?? null;
}

function describe(adapter: GPUAdapter): AdapterReport {
  const { vendor, architecture, device, description } = adapter.info;
  const name = description || device || `${vendor} ${architecture}`.trim() || 'WebGPU adapter';
  return report(adapter, { name, embedded: false, backend: 'browser' });
}
