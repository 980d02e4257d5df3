/** What an adapter is, and which one is taken. Pure: nothing here touches a GPU. */
import type { AdapterClass } from '@ganvas/kernels-wgsl';

export interface AdapterDescription {
  /** The driver's name of it, `llvmpipe (LLVM 19.1.7, 256 bits)`. */
  name: string;
  class: AdapterClass;
  /** Runs on the CPU. */
  software: boolean;
  /** Came with the npm packages, not with the system. */
  embedded: boolean;
  vendor: string;
  architecture: string;
  /** The driver's own words about itself and its version. */
  driver: string;
  /** `vulkan`, `metal`, `d3d12`, ...; `browser` in a browser, which does not tell. */
  backend: string;
}

export interface OpenOptions {
  /**
   * Which adapter; default `auto`.
   * - `auto`: hardware, else llvmpipe, else the embedded SwiftShader
   * - `hardware`, `software`: the best one of that kind
   * - `llvmpipe`, `swiftshader`: that one (of two SwiftShaders the embedded one)
   * - anything else: a part of the adapter's name, in any case
   */
  adapter?: string;
  /**
   * Default true: every buffer access in a shader is clamped to the buffer. False trusts the shaders, which makes
   * SwiftShader 1.5 to 2.7 times faster. Browsers always clamp.
   */
  robustness?: boolean;
  /**
   * `highest` (default): products of f32 are computed in f32. `medium`: they may round their inputs to f16 (11 bits, magnitudes
   * up to 65504) and sum in f32, where the adapter has matrix units for that; several times as fast.
   */
  matmulPrecision?: 'highest' | 'medium';
}

export interface OpenedGpu {
  gpu: GPUDevice;
  /** Extensions of WGSL itself that shaders may use, such as `subgroup_id`. */
  languageFeatures: string[];
  adapter: AdapterDescription;
  /** One line: which adapter was taken, why, and how to get a better one. */
  note: string;
  /** Waits for a promise of `gpu`'s, and leaves the processor to an adapter that computes on it. */
  wait<T>(work: Promise<T>): Promise<T>;
  /** Destroys the device and all that was made on it. */
  close(): void;
}

/** An adapter with what it can do. */
export interface AdapterReport extends AdapterDescription {
  features: string[];
  limits: Record<string, number>;
}

/** What a machine has to offer. */
export interface AdapterSurvey {
  adapters: AdapterReport[];
  /** How to get a better adapter than these; null where one cannot. */
  advice: string | null;
  /** Why there is no embedded adapter; null where there is. */
  embeddedMissing: string | null;
  /** What Dawn said about drivers that it refused. */
  remarks: string[];
}

/** No adapter fits, or none could be opened. The message names what was asked, what there is, and what to do. */
export class AdapterError extends Error {
  override name = 'AdapterError';
}

/** The class decides the order in which kernels are tried; anything that is no known software renderer counts as a GPU. */
export function adapterClass(name: string): AdapterClass {
  if (/swiftshader/i.test(name)) return 'swiftshader';
  return /llvmpipe/i.test(name) ? 'llvmpipe' : 'gpu';
}

/** From best to worst: hardware, llvmpipe, the embedded SwiftShader, another SwiftShader, other software. */
function rank(a: AdapterDescription): number {
  if (!a.software) return 0;
  return { llvmpipe: 1, swiftshader: a.embedded ? 2 : 3, gpu: 4 }[a.class];
}

const WORDS: Record<string, (a: AdapterDescription) => boolean> = {
  auto: () => true,
  hardware: (a) => !a.software,
  software: (a) => a.software,
  llvmpipe: (a) => a.class === 'llvmpipe',
  swiftshader: (a) => a.class === 'swiftshader',
};

/**
 * The adapter that `word` (see `OpenOptions.adapter`) means: of several the best, of equals the first. The note says in one
 * line which, why, and how to get a better one.
 * @throws AdapterError where nothing fits
 */
export function chooseAdapter(survey: AdapterSurvey, word = 'auto'): { adapter: AdapterReport; note: string } {
  const wanted = word.trim().toLowerCase();
  const named = (a: AdapterDescription) => wanted !== '' && a.name.toLowerCase().includes(wanted);
  const ranked = [...survey.adapters].sort((a, b) => rank(a) - rank(b));
  const adapter = ranked.find(WORDS[wanted] ?? named);
  if (!adapter) throw new AdapterError(refusal(survey, word));
  const kind = adapter.embedded ? 'embedded software' : adapter.software ? 'software' : 'hardware';
  const [best] = ranked;
  const better = best && rank(best) < rank(adapter) ? `${best.name}, which "auto" takes` : survey.advice;
  const note = `${adapter.name}: ${kind} adapter, ${reason(adapter, wanted)}${better ? `; better: ${better}` : ''}`;
  return { adapter, note };
}

function reason(adapter: AdapterDescription, wanted: string): string {
  if (wanted !== 'auto') return `asked for by "${wanted}"`;
  if (!adapter.software) return 'the best there is';
  return adapter.class === 'llvmpipe' ? 'as there is no hardware adapter' : 'as there is neither hardware nor llvmpipe';
}

function refusal({ adapters, advice, embeddedMissing, remarks }: AdapterSurvey, word: string): string {
  return [
    `adapter: nothing fits "${word}" (expected ${Object.keys(WORDS).join(', ')} or a part of a name)`,
    `there is ${adapters.map((a) => `"${a.name}"`).join(', ') || 'none'}`,
    ...(embeddedMissing ? [`no embedded SwiftShader: ${embeddedMissing}`] : []),
    ...remarks.map((remark) => `Dawn says: ${remark}`),
    ...(advice ? [`better: ${advice}`] : []),
  ].join('; ');
}
