/** The two dispatches of means and variances: of chunks of rows, and of their moments. */
import { type Width, wgslType } from '../expression.ts';
import { itemGrid } from '../item-grid.ts';
import { defineKernel, type Kernel } from '../kernel.ts';
import { foldTeam } from '../team.ts';
import type { Rectangle } from '../workgroup-tree.ts';

export interface MomentsSpec {
  rows: number;
  channels: number;
}

export interface MomentsStage extends MomentsSpec {
  chunks: number;
  width: Width;
  /** The lanes that share a channel's rows; null where one invocation has them. */
  lanes: Rectangle | null;
}

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
  const { rows, channels, chunks, width, lanes } = stage;
  const type = wgslType('f32', width);
  const whole = chunks === 1;
  const grid = itemGrid(channels / width, chunks, lanes);
  const { declarations, lines, totals, storage } = sums(stage, { total: 'sum', total_of_squares: 'sum_of_squares' });
  const results = whole
    ? ['mean[item] = shift + average;', 'variance[item] = about_average / count;']
    : ['let home = chunk * ITEMS + item;', 'mean[home] = average;', 'squares[home] = about_average;'];
  const to = whole
    ? `mean [${channels}], variance [${channels}]`
    : `mean [${chunks}, ${channels}] (less x[0, c]), squares [${chunks}, ${channels}] (summed distances² to it)`;
  return defineKernel({
    name: nameOf(whole ? 'whole' : 'chunk', stage),
    about: [`x [${rows}, ${channels}] → ${to}.`, ...aboutItems(width), ...about],
    constants: { ROWS: rows, ...grid.constants, CHUNK: Math.ceil(rows / chunks) },
    bindings: [
      { name: 'x', type, access: 'read' },
      { name: 'mean', type, access: 'read_write' },
      { name: whole ? 'variance' : 'squares', type, access: 'read_write' },
    ],
    workgroupSize: grid.workgroupSize,
    workgroups: grid.workgroups,
    declarations,
    main: `
${grid.place.join('\n')}
let begin = chunk * CHUNK;
let end = min(begin + CHUNK, ROWS);
let shift = x[item];
var sum = ${type}(0.0);
var sum_of_squares = ${type}(0.0);
for (var row = begin${lanes ? ' + depth' : ''}; row < end; row += ${lanes?.deep ?? 1}u) {
  let d = x[row * ITEMS + item] - shift;
  sum += d;
  sum_of_squares += d * d;
}
${lines}
${totals}
let count = f32(end - begin);
let average = total / count;
let about_average = max(total_of_squares - total * average, ${type}(0.0));
${grid.store(results).join('\n')}`,
    cost: { flops: 4 * rows * channels, bytes: 4 * (rows * channels + 2 * chunks * channels) },
    requires: { workgroupStorage: storage },
  });
}

/** Merges the chunks of one channel: first their mean, then the squares about it. Bindings: x, the chunks' two, mean, variance. */
export function mergeMoments(stage: MomentsStage): Kernel {
  const { rows, channels, chunks, width, lanes } = stage;
  const type = wgslType('f32', width);
  const grid = itemGrid(channels / width, 1, lanes);
  const [first, second] = [sums(stage, { total: 'sum' }), sums(stage, { total_of_squares: 'squares' })];
  const loop = `for (var c = ${lanes ? 'depth' : '0u'}; c < PARTS; c += ${lanes?.deep ?? 1}u)`;
  return defineKernel({
    name: nameOf('merge', stage),
    about: [
      `x [${rows}, ${channels}], chunk_mean and chunk_squares [${chunks}, ${channels}] → mean [${channels}], variance [${channels}].`,
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
${loop} { sum += rows_in(c) * chunk_mean[c * ITEMS + item]; }
${first.lines}
${first.totals}
let average = total / f32(ROWS);
var squares = ${type}(0.0);
${loop} {
  let d = chunk_mean[c * ITEMS + item] - average;
  squares += chunk_squares[c * ITEMS + item] + rows_in(c) * d * d;
}
${second.lines}
${second.totals}
${grid.store(['mean[item] = x[item] + average;', 'variance[item] = total_of_squares / f32(ROWS);']).join('\n')}`,
    cost: { flops: 7 * chunks * channels, bytes: 4 * channels * (2 * chunks + 3) },
    requires: { workgroupStorage: first.storage + second.storage },
  });
}
