/**
 * Mean and variance of every channel in one read of the input, as batch normalisation needs them. Sums of squares of the
 * values themselves would cancel where the mean is large; these are of the distance to the channel's first value, chunk by
 * chunk, and the chunks' moments are merged (Chan, Golub, LeVeque, "Updating formulae and a pairwise algorithm for computing
 * sample variances", 1979).
 */
import { type AdapterClass, type Candidate, slot } from './candidate.ts';
import { type Width, wgslType } from './expression.ts';
import { defineKernel, FLAT_INDEX, FLAT_WORKGROUP, flatGrid, type Kernel } from './kernel.ts';

export interface MomentsSpec {
  rows: number;
  channels: number;
}

/** Invocations that keep the machine busy. */
const BUSY: Record<AdapterClass, number> = { gpu: 8192, llvmpipe: 1024, swiftshader: 1024 };
/** Fewer rows are not worth an invocation; more in one chain of additions lose digits. */
const SHORTEST_CHUNK = 16;
const LONGEST_CHAIN = 512;

/** Input: x [rows, channels]. Outputs: mean [channels], variance [channels], the biased one: divided by rows. */
export function momentsCandidates({ rows, channels }: MomentsSpec, adapter: AdapterClass): Candidate[] {
  const width: Width = channels % 4 === 0 ? 4 : 1;
  const busy = Math.ceil((BUSY[adapter] * width) / channels);
  // No more chunks than rows in each: the second step walks over them.
  const wanted = Math.min(busy, Math.ceil(rows / SHORTEST_CHUNK), Math.ceil(Math.sqrt(rows)));
  const chunks = Math.ceil(rows / Math.ceil(rows / Math.max(wanted, Math.ceil(rows / LONGEST_CHAIN))));
  const chunked: Candidate = {
    name: 'chunked',
    temps: [chunks * channels, chunks * channels],
    stages: [
      {
        kernel: chunkMoments({ rows, channels, chunks, width }),
        slots: [slot.input(0), slot.temp(0), slot.temp(1)],
      },
      {
        kernel: mergeMoments({ rows, channels, chunks, width }),
        slots: [slot.input(0), slot.temp(0), slot.temp(1), slot.output(0), slot.output(1)],
      },
    ],
  };
  const single: Candidate = {
    name: 'single',
    temps: [],
    stages: [
      {
        kernel: chunkMoments({ rows, channels, chunks: 1, width }),
        slots: [slot.input(0), slot.output(0), slot.output(1)],
      },
    ],
  };
  if (chunks === 1) return [single];
  return rows <= LONGEST_CHAIN ? [chunked, single] : [chunked];
}

interface Chunks extends MomentsSpec {
  chunks: number;
  width: Width;
}

/**
 * Each chunk's mean, as a distance to the channel's first value, and its sum of squared distances to that mean; where there
 * is but one chunk, the finished mean and variance.
 */
function chunkMoments({ rows, channels, chunks, width }: Chunks): Kernel {
  const type = wgslType('f32', width);
  const whole = chunks === 1;
  return defineKernel({
    name: `moments/${whole ? 'single' : 'chunk'}${width === 4 ? '-vec4' : ''}`,
    about: [
      `x [${rows}, ${channels}] → ${whole ? `mean [${channels}], variance [${channels}]` : `mean [${chunks}, ${channels}] (less x[0, c]), squares [${chunks}, ${channels}] (summed distances² to it)`}.`,
      ...(width === 4 ? ['COLUMNS counts vec4s of channels.'] : []),
    ],
    constants: { ROWS: rows, COLUMNS: channels / width, CHUNKS: chunks, CHUNK: Math.ceil(rows / chunks) },
    bindings: [
      { name: 'x', type, access: 'read' },
      { name: 'mean', type, access: 'read_write' },
      { name: whole ? 'variance' : 'squares', type, access: 'read_write' },
    ],
    workgroupSize: [FLAT_WORKGROUP, 1, 1],
    workgroups: flatGrid((chunks * channels) / width),
    main: `
${FLAT_INDEX}
if (i >= COLUMNS * CHUNKS) { return; }
let column = i % COLUMNS;
let begin = i / COLUMNS * CHUNK;
let end = min(begin + CHUNK, ROWS);
let shift = x[column];
var sum = ${type}(0.0);
var sum_of_squares = ${type}(0.0);
for (var row = begin; row < end; row += 1u) {
  let d = x[row * COLUMNS + column] - shift;
  sum += d;
  sum_of_squares += d * d;
}
let count = f32(end - begin);
let average = sum / count;
let about_average = max(sum_of_squares - sum * average, ${type}(0.0));
${whole ? 'mean[i] = shift + average;\nvariance[i] = about_average / count;' : 'mean[i] = average;\nsquares[i] = about_average;'}`,
    cost: { flops: 4 * rows * channels, bytes: 4 * (rows * channels + 2 * chunks * channels) },
  });
}

/** Merges the chunks of one channel: first their mean, then the squares about it. */
function mergeMoments({ rows, channels, chunks, width }: Chunks): Kernel {
  const type = wgslType('f32', width);
  return defineKernel({
    name: `moments/merge${width === 4 ? '-vec4' : ''}`,
    about: [
      `x [${rows}, ${channels}], chunk_mean and chunk_squares [${chunks}, ${channels}] → mean [${channels}], variance [${channels}].`,
      ...(width === 4 ? ['COLUMNS counts vec4s of channels.'] : []),
    ],
    constants: { ROWS: rows, COLUMNS: channels / width, CHUNKS: chunks, CHUNK: Math.ceil(rows / chunks) },
    bindings: [
      { name: 'x', type, access: 'read' },
      { name: 'chunk_mean', type, access: 'read' },
      { name: 'chunk_squares', type, access: 'read' },
      { name: 'mean', type, access: 'read_write' },
      { name: 'variance', type, access: 'read_write' },
    ],
    workgroupSize: [FLAT_WORKGROUP, 1, 1],
    workgroups: flatGrid(channels / width),
    declarations: `
/// Rows in a chunk; the last one may have fewer.
fn rows_in(chunk: u32) -> f32 { return f32(min(CHUNK, ROWS - chunk * CHUNK)); }`,
    main: `
${FLAT_INDEX}
if (i >= COLUMNS) { return; }
var sum = ${type}(0.0);
for (var chunk = 0u; chunk < CHUNKS; chunk += 1u) { sum += rows_in(chunk) * chunk_mean[chunk * COLUMNS + i]; }
let average = sum / f32(ROWS);
var squares = ${type}(0.0);
for (var chunk = 0u; chunk < CHUNKS; chunk += 1u) {
  let d = chunk_mean[chunk * COLUMNS + i] - average;
  squares += chunk_squares[chunk * COLUMNS + i] + rows_in(chunk) * d * d;
}
mean[i] = x[i] + average;
variance[i] = squares / f32(ROWS);`,
    cost: { flops: 7 * chunks * channels, bytes: 4 * channels * (2 * chunks + 3) },
  });
}
