/** Takes a batch of images out of a data set that stays on the device as bytes, and normalises it. */
import { type Candidate, candidate, slot } from './candidate.ts';
import { defineKernel, FLAT_INDEX, FLAT_WORKGROUP, flatGrid, type Kernel } from './kernel.ts';

export interface GatherSpec {
  /** Images in the data set. */
  count: number;
  /** Bytes of an image: height · width · channels. */
  pixels: number;
  batch: number;
  /** A byte b becomes scale · b + shift. Default: 0..255 to -1..1. */
  scale?: number;
  shift?: number;
}

/**
 * Bindings: data u8 [count, pixels], packed four to a u32, the first in the lowest bits (read); indices u32 [batch] (read); out
 * f32 [batch, pixels] (read_write). An index beyond the data set takes its last image.
 */
export function gatherImages({ count, pixels, batch, scale = 1 / 127.5, shift = -1 }: GatherSpec): Kernel {
  const aligned = pixels % 4 === 0;
  return defineKernel({
    name: `gather/images${aligned ? '-vec4' : ''}`,
    about: [
      `data u8 [${count}, ${pixels}] in u32 words, indices [${batch}] → out f32 [${batch}, ${pixels}] = SCALE · data[indices[b]] + SHIFT.`,
    ],
    constants: { IMAGES: count, ...(aligned ? { WORDS: pixels / 4 } : { PIXELS: pixels }) },
    floats: { SCALE: scale, SHIFT: shift },
    bindings: [
      { name: 'data', type: 'u32', access: 'read' },
      { name: 'indices', type: 'u32', access: 'read' },
      { name: 'out', type: aligned ? 'vec4f' : 'f32', access: 'read_write' },
    ],
    workgroupSize: [FLAT_WORKGROUP, 1, 1],
    workgroups: flatGrid((batch * pixels) / (aligned ? 4 : 1)),
    main: aligned ? WORD_BY_WORD : BYTE_BY_BYTE,
    cost: { flops: 2 * batch * pixels, bytes: batch * (4 + 5 * pixels) },
  });
}

/** Its one way: inputs data, indices; output the images. */
export const gatherCandidate = (spec: GatherSpec): Candidate =>
  candidate(
    'gather',
    'The data set stays in bytes, a quarter of the memory and of the traffic of floats. Where an image is a whole number of ' +
      'words, an invocation turns one word into a vec4f.',
    () => ({ stages: [{ kernel: gatherImages(spec), slots: [slot.input(0), slot.input(1), slot.output(0)] }] }),
  );

const WORD_BY_WORD = `
${FLAT_INDEX}
if (i >= arrayLength(&out)) { return; }
let image = min(indices[i / WORDS], IMAGES - 1u);
let word = data[image * WORDS + i % WORDS];
let bytes = (vec4u(word) >> vec4u(0u, 8u, 16u, 24u)) & vec4u(255u);
out[i] = SCALE * vec4f(bytes) + SHIFT;`;

const BYTE_BY_BYTE = `
${FLAT_INDEX}
if (i >= arrayLength(&out)) { return; }
let image = min(indices[i / PIXELS], IMAGES - 1u);
let place = image * PIXELS + i % PIXELS;
let byte = (data[place / 4u] >> (8u * (place % 4u))) & 255u;
out[i] = SCALE * f32(byte) + SHIFT;`;
