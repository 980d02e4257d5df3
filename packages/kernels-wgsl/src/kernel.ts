/**
 * What a kernel is: data. A complete WGSL text, the buffers it binds, how many workgroups to launch, and what it costs.
 * Nothing here touches a GPU, so every kernel can be printed, tested and studied without one.
 */

/** Element types that a storage buffer of ours may hold. `u8` data travels packed four to a `u32`. */
export type WgslScalar = 'f32' | 'f16' | 'u32' | 'i32';

export const bytesOf = (type: WgslScalar): number => (type === 'f16' ? 2 : 4);

/** One storage buffer at `@group(0) @binding(i)`, `i` being its place in `Kernel.bindings`. */
export interface Binding {
  name: string;
  /** WGSL element type of the runtime-sized array: `f32`, `vec4f`, `u32`, ... */
  type: string;
  access: 'read' | 'read_write';
}

export interface Cost {
  /** Floating-point operations; a multiply-add counts as two. */
  flops: number;
  /** Bytes that must move at least: every input read once, every output written once. */
  bytes: number;
}

/** What a device must have before this kernel may run on it. Anything absent is not required. */
export interface Requirements {
  features?: string[];
  /** Bytes of `var<workgroup>` memory. */
  workgroupStorage?: number;
  /** Invocations in one workgroup. */
  invocations?: number;
  /** Invocations of every subgroup: at least and at most so many. */
  subgroupSizes?: SubgroupSizes;
  /** A product of this size as one operation of a subgroup: f16 in, sums in f32. */
  subgroupMatrix?: SubgroupMatrix;
  /** The inputs are rounded to this type, which the device must have been opened to allow. */
  inputPrecision?: 'f16';
}

/** How few and how many invocations a subgroup has. */
export type SubgroupSizes = readonly [least: number, most: number];

/** A product [m, n] += [m, k] [k, n] that the invocations of a subgroup compute together. */
export interface SubgroupMatrix {
  m: number;
  n: number;
  k: number;
}

export interface Kernel {
  /** Family and rung, `conv2d/3-vec4`. */
  name: string;
  /** The complete WGSL module; its entry point is `main`. */
  code: string;
  bindings: Binding[];
  workgroups: [number, number, number];
  cost: Cost;
  requires: Requirements;
}

export interface KernelSource {
  name: string;
  /** One line each, printed as the module's header comment: what the kernel computes, shapes of its buffers. */
  about: string[];
  /** Extensions of WGSL, rendered as `enable NAME;`. */
  enables?: string[];
  /** Rendered as `const NAME = 64u;` (whole numbers) — the parameters the body reads. */
  constants?: Record<string, number>;
  /** Rendered as `const NAME = 0.5f;`, rounded to f32. */
  floats?: Record<string, number>;
  bindings: Binding[];
  workgroupSize: [number, number, number];
  workgroups: [number, number, number];
  /** WGSL below the header: functions, then `fn main`'s body through `main`. */
  declarations?: string;
  /**
   * Body of `fn main`, which may use `gid`, `lid` and `wid` (global, local and workgroup id), `sid` (the subgroup's number in
   * the workgroup), `lane` (this invocation's in the subgroup) and `lanes` (invocations of a subgroup).
   */
  main: string;
  cost: Cost;
  requires?: Requirements;
}

/**
 * Assembles the complete WGSL text from its parts. Where a buffer holds f16, the text enables it and the kernel requires it. The
 * result depends on nothing but the arguments.
 */
export function defineKernel(source: KernelSource): Kernel {
  const {
    name,
    about,
    enables = [],
    constants = {},
    floats = {},
    bindings,
    workgroupSize,
    workgroups,
    declarations,
    main,
    cost,
  } = source;
  const halves = bindings.some((b) => b.type === 'f16' || b.type === 'vec4h');
  const extensions = [...new Set([...enables, ...(halves ? ['f16'] : [])])];
  const code = [
    `// ${name}`,
    ...about.map((line) => `// ${line}`),
    '',
    ...extensions.map((name) => `enable ${name};`),
    ...(extensions.length > 0 ? [''] : []),
    ...Object.entries(constants).map(([key, value]) => `const ${key} = ${literal(value, value < 0 ? 'i32' : 'u32')};`),
    ...Object.entries(floats).map(([key, value]) => `const ${key} = ${literal(value, 'f32')};`),
    '',
    ...bindings.map((b, i) => `@group(0) @binding(${i}) var<storage, ${b.access}> ${b.name}: array<${b.type}>;`),
    '',
    ...(declarations ? [declarations.trim(), ''] : []),
    `@compute @workgroup_size(${workgroupSize.join(', ')})`,
    `fn main(${builtins(main)}) {`,
    indent(main.trim()),
    '}',
    '',
  ].join('\n');
  const invocations = workgroupSize[0] * workgroupSize[1] * workgroupSize[2];
  const features = [...new Set([...(source.requires?.features ?? []), ...(halves ? ['shader-f16'] : [])])];
  const requires = { invocations, ...source.requires, ...(features.length > 0 && { features }) };
  return { name, code, bindings, workgroups, cost, requires };
}

const BUILTINS: Record<string, string> = {
  gid: '@builtin(global_invocation_id) gid: vec3u',
  lid: '@builtin(local_invocation_id) lid: vec3u',
  wid: '@builtin(workgroup_id) wid: vec3u',
  sid: '@builtin(subgroup_id) sid: u32',
  lane: '@builtin(subgroup_invocation_id) lane: u32',
  lanes: '@builtin(subgroup_size) lanes: u32',
};

/** Only the builtins that the body reads, so that the text shows what the kernel depends on. */
function builtins(main: string): string {
  return Object.keys(BUILTINS)
    .filter((id) => new RegExp(`\\b${id}\\b`).test(main))
    .map((id) => BUILTINS[id])
    .join(', ');
}

/** A text as lines for `about`, broken between words. */
export function paragraph(text: string, columns = 110): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= columns) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** Indents every non-empty line by `levels` steps of two spaces. */
export function indent(text: string, levels = 1): string {
  return text.replace(/^(?=.)/gm, '  '.repeat(levels));
}

/** A number as WGSL source of the given type; f32 is rounded to the nearest. */
export function literal(value: number, type: WgslScalar): string {
  if (type !== 'f32') {
    if (Number.isInteger(value)) return `${value}${type[0]}`;
    throw new Error(`literal: expected a whole number for ${type}, got ${value}`);
  }
  const rounded = Math.fround(value);
  if (!Number.isFinite(rounded)) throw new Error(`literal: ${value} has no WGSL literal of type f32`);
  const text = String(rounded);
  return /[.e]/.test(text) ? `${text}f` : `${text}.0f`;
}

/** WebGPU's limit on workgroups along one axis of a dispatch. */
export const MAX_WORKGROUPS = 65535;

/** Invocations of a flat kernel's workgroup. 64 suits every adapter: two warps, one wave, eight SIMD groups on a CPU. */
export const FLAT_WORKGROUP = 64;

/**
 * Workgroups for `items` independent items, one an invocation, folded into a second row of workgroups where one row
 * does not reach. `FLAT_INDEX` recovers the item in WGSL; it does not depend on `items`, so one pipeline serves all sizes.
 */
export function flatGrid(items: number): [number, number, number] {
  return groupGrid(Math.max(1, Math.ceil(items / FLAT_WORKGROUP)));
}

/** `groups` workgroups, folded likewise; `GROUP_INDEX` recovers the workgroup. */
export function groupGrid(groups: number): [number, number, number] {
  if (groups <= MAX_WORKGROUPS) return [groups, 1, 1];
  return [MAX_WORKGROUPS, Math.ceil(groups / MAX_WORKGROUPS), 1];
}

/** WGSL statement that defines `i`, this invocation's item, in a kernel launched over `flatGrid`. */
export const FLAT_INDEX = `let i = gid.x + gid.y * ${MAX_WORKGROUPS * FLAT_WORKGROUP}u;`;

/** WGSL statement that defines `i`, this workgroup's item, in a kernel launched over `groupGrid`. */
export const GROUP_INDEX = `let i = wid.x + wid.y * ${MAX_WORKGROUPS}u;`;
