/** The two dispatches of means and variances: of chunks of rows, and of their moments. */
import type { AdapterClass } from '../candidate.ts';
import { type Width, wgslType } from '../expression.ts';
import { itemGrid } from '../item-grid.ts';
import { defineKernel, indent, type Kernel } from '../kernel.ts';
import { foldTeam } from '../team.ts';
import type { Rectangle } from '../workgroup-tree.ts';

export interface MomentsSpec {
  /** Batches that lie behind one another, each with moments of its own. Default 1. */
  batches?: number;
  /** Of a batch. */
  rows: number;
  channels: number;
}

export interface MomentsStage extends Required<MomentsSpec> {
  /** Of a batch's rows. */
  chunks: number;
  width: Width;
  /** The lanes that share a channel's rows; null where one invocation has them. */
  lanes: Rectangle | null;
  /** Rows whose moments are merged with those before them, by one invocation; null where a chunk is one chain. */
  block: number | null;
  adapter: AdapterClass;
}

/** Where an item's result of a chunk, or of a batch, stands. */
const HOME = 'let home = chunk * ITEMS + item;';

/** A shape as text, without the axis of batches where there is but one. */
const bracket = (batches: number, ...sizes: readonly number[]): string =>
  `[${(batches > 1 ? [batches, ...sizes] : sizes).join(', ')}]`;

/** What a kernel's header says beside shapes. */
type About = readonly string[];

const storageType = (width: Width) => (width === 4 ? 'vec4f' : 'f32');
const aboutItems = (width: Width) => (width === 4 ? ['ITEMS counts vec4s of channels.'] : []);

/** Kernel name: `chunk-workgroup-vec4`. */
const nameOf = (what: string, { lanes, width }: MomentsStage) =>
  `moments/${what}${lanes ? '-workgroup' : ''}${width === 4 ? '-vec4' : ''}`;

/** Sums over the lanes of an item: each a `let` of the given name. */
function sums(stage: MomentsStage, values: Record<string, string>) {
  const team = stage.lanes ? 'workgroup' : 'alone';
  const folds = Object.entries(values).map(([name, value]) => ({
    name,
    ...foldTeam(team, { lanes: stage.lanes, name: `${name}_parts`, type: storageType(stage.width), value, op: 'sum' }),
  }));
  return {
    declarations: folds.flatMap((f) => f.declarations).join('\n'),
    lines: folds.flatMap((f) => f.lines).join('\n'),
    totals: folds.map((f) => `let ${f.name} = ${f.total};`).join('\n'),
    storage: folds.reduce((sum, f) => sum + (f.requires.workgroupStorage ?? 0), 0),
  };
}

/**
 * Each chunk's mean, as a distance to the channel's first value, and its sum of squared distances to that mean; where there
 * is but one chunk, the finished mean and variance. Bindings: x, mean, squares (or variance).
 */
export function chunkMoments(stage: MomentsStage, about: About): Kernel {
  const { batches, rows, channels, chunks, width, lanes, block, adapter } = stage;
  const type = wgslType('f32', width);
  const whole = chunks === 1;
  const grid = itemGrid(channels / width, batches * chunks, lanes, adapter);
  const { declarations, lines, totals, storage } = sums(stage, { total: 'sum', total_of_squares: 'sum_of_squares' });
  const several = batches > 1;
  const results = whole
    ? several
      ? [HOME, 'mean[home] = shift + average;', 'variance[home] = about_average / count;']
      : ['mean[item] = shift + average;', 'variance[item] = about_average / count;']
    : [HOME, 'mean[home] = average;', 'squares[home] = about_average;'];
  const [from, parts] = [bracket(batches, rows, channels), bracket(batches, chunks, channels)];
  const kept = bracket(batches, channels);
  const to = whole
    ? `mean ${kept}, variance ${kept}`
    : `mean ${parts} (less x[${several ? 'b, ' : ''}0, c]), squares ${parts} (summed distances² to it)`;
  const range = several
    ? `
let first = chunk / PARTS * ROWS;
let begin = first + chunk % PARTS * CHUNK;
let end = min(begin + CHUNK, first + ROWS);
let shift = x[first * ITEMS + item];`
    : `
let begin = chunk * CHUNK;
let end = min(begin + CHUNK, ROWS);
let shift = x[item];`;
  const walk = (from: string, to: string) => `var sum = ${type}(0.0);
var sum_of_squares = ${type}(0.0);
for (var row = ${from}${lanes ? ' + depth' : ''}; row < ${to}; row += ${lanes?.deep ?? 1}u) {
  let d = x[row * ITEMS + item] - shift;
  sum += d;
  sum_of_squares += d * d;
}`;
  const inBlocks = `var average = ${type}(0.0);
var about_average = ${type}(0.0);
for (var block = begin; block < end; block += BLOCK) {
  let stop = min(block + BLOCK, end);
${indent(walk('block', 'stop'))}
  let before = f32(block - begin);
  let own = f32(stop - block);
  let own_average = sum / own;
  let d = own_average - average;
  average += d * (own / (before + own));
  about_average += max(sum_of_squares - sum * own_average, ${type}(0.0)) + d * d * (before * own / (before + own));
}`;
  const inOne = `${walk('begin', 'end')}
${lines}
${totals}
let average = total / count;
let about_average = max(total_of_squares - total * average, ${type}(0.0));`;
  return defineKernel({
    name: nameOf(whole ? 'whole' : 'chunk', stage),
    about: [`x ${from} → ${to}.`, ...aboutItems(width), ...about],
    constants: {
      ROWS: rows,
      ...grid.constants,
      ...(several && { PARTS: chunks }),
      CHUNK: Math.ceil(rows / chunks),
      ...(block && { BLOCK: block }),
    },
    bindings: [
      { name: 'x', type, access: 'read' },
      { name: 'mean', type, access: 'read_write' },
      { name: whole ? 'variance' : 'squares', type, access: 'read_write' },
    ],
    workgroupSize: grid.workgroupSize,
    workgroups: grid.workgroups,
    declarations,
    main: `
${grid.place.join('\n')}${range}
let count = f32(end - begin);
${block ? inBlocks : inOne}
${grid.store(results).join('\n')}`,
    cost: { flops: 4 * batches * rows * channels, bytes: 4 * batches * (rows * channels + 2 * chunks * channels) },
    requires: { workgroupStorage: storage },
  });
}

/** Merges the chunks of one channel: first their mean, then the squares about it. Bindings: x, the chunks' two, mean, variance. */
export function mergeMoments(stage: MomentsStage): Kernel {
  const { batches, rows, channels, chunks, width, lanes, adapter } = stage;
  const type = wgslType('f32', width);
  // A "chunk" of this grid is a batch.
  const grid = itemGrid(channels / width, batches, lanes, adapter);
  const several = batches > 1;
  const part = several ? '(chunk * PARTS + c) * ITEMS + item' : 'c * ITEMS + item';
  const shift = several ? 'x[chunk * ROWS * ITEMS + item]' : 'x[item]';
  const home = several ? 'home' : 'item';
  const [first, second] = [sums(stage, { total: 'sum' }), sums(stage, { total_of_squares: 'squares' })];
  const loop = `for (var c = ${lanes ? 'depth' : '0u'}; c < PARTS; c += ${lanes?.deep ?? 1}u)`;
  return defineKernel({
    name: nameOf('merge', stage),
    about: [
      `x ${bracket(batches, rows, channels)}, chunk_mean and chunk_squares ${bracket(batches, chunks, channels)} → mean and variance ${bracket(batches, channels)}.`,
      ...aboutItems(width),
    ],
    constants: { ROWS: rows, ...grid.constants, PARTS: chunks, CHUNK: Math.ceil(rows / chunks) },
    bindings: [
      { name: 'x', type, access: 'read' },
      { name: 'chunk_mean', type, access: 'read' },
      { name: 'chunk_squares', type, access: 'read' },
      { name: 'mean', type, access: 'read_write' },
      { name: 'variance', type, access: 'read_write' },
    ],
    workgroupSize: grid.workgroupSize,
    workgroups: grid.workgroups,
    declarations: `
${first.declarations}
${second.declarations}

/// Rows in a chunk; the last one may have fewer.
fn rows_in(chunk: u32) -> f32 { return f32(min(CHUNK, ROWS - chunk * CHUNK)); }`,
    main: `
${grid.place.join('\n')}
var sum = ${type}(0.0);
${loop} { sum += rows_in(c) * chunk_mean[${part}]; }
${first.lines}
${first.totals}
let average = total / f32(ROWS);
var squares = ${type}(0.0);
${loop} {
  let d = chunk_mean[${part}] - average;
  squares += chunk_squares[${part}] + rows_in(c) * d * d;
}
${second.lines}
${second.totals}
${grid
  .store([
    ...(several ? [HOME] : []),
    `mean[${home}] = ${shift} + average;`,
    `variance[${home}] = total_of_squares / f32(ROWS);`,
  ])
  .join('\n')}`,
    cost: { flops: 7 * batches * chunks * channels, bytes: 4 * batches * channels * (2 * chunks + 3) },
    requires: { workgroupStorage: first.storage + second.storage },
  });
}
