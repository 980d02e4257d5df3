/** Kernels that do one thing as fast as an adapter can: the ceilings that all others are measured by. */
import type { AdapterClass } from './candidate.ts';
import { defineKernel, FLAT_WORKGROUP, GROUP_INDEX, groupGrid, type Kernel } from './kernel.ts';

const FLAT = { name: 'src', type: 'f32', access: 'read' } as const;

/** What fills a machine of each class with multiply-adds, and takes long enough to be timed. */
export const PEAK_SIZE: Record<AdapterClass, { invocations: number; rounds: number }> = {
  gpu: { invocations: 2 ** 19, rounds: 512 },
  llvmpipe: { invocations: 2 ** 13, rounds: 128 },
  swiftshader: { invocations: 2 ** 12, rounds: 64 },
};

/** What `src` begins with for the chains below: of zeros a GPU computes products with less power, and so faster, than of numbers. */
export const CHAIN_FACTORS = [1, 1] as const;

/** Independent chains of multiply-adds in registers: enough of them hide the latency of one, too many spill. */
export function peakKernels(adapter: AdapterClass): Kernel[] {
  const { invocations, rounds } = PEAK_SIZE[adapter];
  const UNROLL = 4;
  const chains = (count: number, next: (x: string) => string) => {
    const names = Array.from({ length: count }, (_, i) => `x${i}`);
    return [
      'let a = src[0];',
      'let b = src[1] * 1e-7f;',
      ...names.map((x, i) => `var ${x} = f32(gid.x + ${i}u);`),
      'for (var round = 0u; round < ROUNDS; round++) {',
      ...Array.from({ length: UNROLL }, () => names.map((x) => `  ${x} = ${next(x)};`)).flat(),
      '}',
      `out[gid.x] = ${names.join(' + ')};`,
    ].join('\n');
  };
  const variants = [
    { how: 'fma', next: (x: string) => `fma(${x}, a, b)` },
    { how: 'mul-add', next: (x: string) => `${x} * a + b` },
  ];
  return [8, 12].flatMap((count) =>
    variants.map(({ how, next }) =>
      defineKernel({
        name: `peak/${how}-${count}-chains`,
        about: ['out[i] = a sum of chains x = a x + b, started at i.'],
        constants: { ROUNDS: rounds },
        bindings: [FLAT, { name: 'out', type: 'f32', access: 'read_write' }],
        workgroupSize: [FLAT_WORKGROUP, 1, 1],
        workgroups: [invocations / FLAT_WORKGROUP, 1, 1],
        main: chains(count, next),
        cost: { flops: 2 * invocations * count * UNROLL * rounds, bytes: 4 * (invocations + 2) },
      }),
    ),
  );
}

/** Bytes of the streams that bandwidth is measured with, from what a cache near the processor holds to more than any does. */
export const STREAM_BYTES: Record<AdapterClass, readonly number[]> = {
  gpu: [2 ** 21, 2 ** 23, 2 ** 25, 2 ** 27, 2 ** 29],
  llvmpipe: [2 ** 21, 2 ** 23, 2 ** 25, 2 ** 27],
  swiftshader: [2 ** 21, 2 ** 23, 2 ** 25, 2 ** 27],
};

/** All that move so many bytes: copies, and sums, which spare a CPU the reading of what a write replaces. */
export const streamKernels = (bytes: number): Kernel[] => [...copyKernels(bytes / 8), ...readKernels(bytes / 4)];

/** out = src by vec4s, several an invocation: a workgroup's own block, whose lines its invocations walk side by side. */
export function copyKernels(elements: number): Kernel[] {
  return [1, 4, 16, 64]
    .filter((each) => (elements / 4) % (each * FLAT_WORKGROUP) === 0 || each === 1)
    .map((each) =>
      defineKernel({
        name: `copy/${each}-vec4`,
        about: [`out[i] = src[i], ${each} vec4s an invocation.`],
        constants: { EACH: each },
        bindings: [
          { ...FLAT, type: 'vec4f' },
          { name: 'out', type: 'vec4f', access: 'read_write' },
        ],
        workgroupSize: [FLAT_WORKGROUP, 1, 1],
        workgroups: groupGrid(Math.max(1, elements / 4 / each / FLAT_WORKGROUP)),
        main: [
          GROUP_INDEX,
          `let first = i * EACH * ${FLAT_WORKGROUP}u;`,
          `let end = min(first + EACH * ${FLAT_WORKGROUP}u, arrayLength(&out));`,
          `for (var at = first + lid.x; at < end; at += ${FLAT_WORKGROUP}u) { out[at] = src[at]; }`,
        ].join('\n'),
        cost: { flops: 0, bytes: 8 * elements },
      }),
    );
}

/** One sum an invocation, of many vec4s of src that its workgroup walks side by side; next to nothing is written. */
function readKernels(elements: number): Kernel[] {
  return [16, 64]
    .filter((each) => elements % (4 * each * FLAT_WORKGROUP) === 0)
    .map((each) =>
      defineKernel({
        name: `read/${each}-vec4`,
        about: [`out[i] = a sum of ${each} vec4s of src.`],
        constants: { EACH: each },
        bindings: [
          { ...FLAT, type: 'vec4f' },
          { name: 'out', type: 'f32', access: 'read_write' },
        ],
        workgroupSize: [FLAT_WORKGROUP, 1, 1],
        workgroups: groupGrid(elements / 4 / each / FLAT_WORKGROUP),
        main: [
          GROUP_INDEX,
          `let first = i * EACH * ${FLAT_WORKGROUP}u;`,
          'var sum = vec4f();',
          `for (var at = first + lid.x; at < first + EACH * ${FLAT_WORKGROUP}u; at += ${FLAT_WORKGROUP}u) { sum += src[at]; }`,
          `out[i * ${FLAT_WORKGROUP}u + lid.x] = dot(sum, vec4f(1));`,
        ].join('\n'),
        cost: { flops: elements, bytes: 4 * elements + elements / each },
      }),
    );
}
