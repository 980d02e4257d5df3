/** The kernel of one dispatch of a reduction: who walks a range, how, and where the result goes. */
import type { AdapterClass } from '../candidate.ts';
import { type Epilogue, epilogueBindings, epilogueCost, renderEpilogue } from '../epilogue.ts';
import { wgslType } from '../expression.ts';
import { itemGrid } from '../item-grid.ts';
import { defineKernel, type Kernel } from '../kernel.ts';
import { foldTeam, type Team } from '../team.ts';
import { sizeOf } from '../view.ts';
import { address, coordinateSizes, coordinates, readerBinding } from '../walk.ts';
import { column, type Rectangle, rectangle } from '../workgroup-tree.ts';
import { accumulatorType, gather, partsOf } from './accumulator.ts';
import { walkInChains } from './chains.ts';
import { combine, elements } from './element.ts';
import { type ReduceLayout, type ReduceSpec, storeWidth } from './layout.ts';

export interface ReduceStage {
  team: Team;
  chains: 1 | 4;
  /** Each output's range is cut into this many, and as many partial results are written: [chunks, outputs]. */
  chunks: number;
  epilogue: Epilogue;
  adapter: AdapterClass;
  /** What the kernel's header says beside shapes. */
  about: readonly string[];
}

/** The lanes that share a range; null where one invocation has it. */
export function teamRectangle(layout: ReduceLayout, team: Team): Rectangle | null {
  const [items, range] = [sizeOf(layout.kept), sizeOf(layout.reduced)];
  if (team === 'alone') return null;
  return team === 'workgroup' ? rectangle(items, range, layout.width, layout.along) : column(range);
}

export function reduceKernel(spec: ReduceSpec, layout: ReduceLayout, stage: ReduceStage): Kernel {
  const { outputs, kept, reduced, width, along, sources } = layout;
  const { team, chains, chunks, epilogue, adapter, about } = stage;
  const stored = storeWidth(layout);
  const [items, range] = [sizeOf(kept), sizeOf(reduced)];
  const results = spec.exprs.length;
  const valueType = accumulatorType(results, width);
  const storeType = accumulatorType(results, stored);
  const { four } = combine(spec.op);
  const lanes = teamRectangle(layout, team);
  const grid = itemGrid(items, chunks, lanes, adapter);

  const { before, at: element, declaration } = elements(spec, layout, valueType);
  const zero = results === 1 ? `${valueType}(0.0)` : `${valueType}()`;
  const start = { sum: zero, prod: `${valueType}(1.0)`, max: element('begin'), min: element('begin') }[spec.op];
  const step = lanes?.deep ?? 1;
  const walk = { ...combine(spec.op), chains, start, element, step, steps: Math.ceil(range / chunks / step) };
  // What an invocation holds in the end: vec4s along a reduced axis are four parts of one output.
  const ownSum = (part: string) => four(`${part}.x`, `${part}.y`, `${part}.z`, `${part}.w`);
  const folded = width === stored ? 'result' : gather(storeType, partsOf('result', results).map(ownSum));
  const fold = foldTeam(team, { lanes, name: 'partial', type: storeType, value: folded, op: spec.op });

  const names = partsOf('total', results);
  const outs = epilogue.exprs.map((_, i) => (epilogue.exprs.length === 1 ? 'out' : `out${i}`));
  const place = { output: outs[0]!, index: 'item', row: '0u', column: 'item', width: stored };
  const end = renderEpilogue(epilogue, { results: names, ...place });
  const home = chunks === 1 ? 'item' : 'chunk * ITEMS + item';
  const finish = [...end.lines, ...end.values.map((value, i) => `${outs[i]}[${home}] = ${value};`)];

  return defineKernel({
    name: `reduce/${[spec.op, team, ...(width === 4 ? [`vec4-${along}`] : [])].join('-')}`,
    about: [
      `${spec.op} of [${spec.shape.join(', ')}] over axes [${spec.axes.join(', ')}], cut into ${chunks} chunks of the reduced range.`,
      `${outs.join(', ')} [${chunks}, ${outputs}]${width === 4 ? `; loads of 4 values along the ${along} axes` : ''}.`,
      ...about,
    ],
    enables: fold.requires.features ?? [],
    constants: {
      ...grid.constants,
      RANGE: range,
      CHUNK: Math.ceil(range / chunks),
      ...coordinateSizes(kept, 'K'),
      ...coordinateSizes(reduced, 'R'),
    },
    bindings: [
      ...sources.map((s) => readerBinding(s.reader)),
      ...epilogueBindings(epilogue, stored),
      ...outs.map((name) => ({ name, type: wgslType('f32', stored), access: 'read_write' as const })),
    ],
    workgroupSize: grid.workgroupSize,
    workgroups: grid.workgroups,
    declarations: [...fold.declarations, '', ...declaration].join('\n'),
    main: [
      ...grid.place,
      'let begin = chunk * CHUNK;',
      'let end = min(begin + CHUNK, RANGE);',
      ...coordinates('item', kept.length, 'k', 'K'),
      ...sources.map(({ reader, kept: steps }, i) => {
        const base = reader.offset === 0 ? undefined : `${reader.offset}u`;
        return `let a${i} = ${address(steps, (axis) => `k${axis}`, base)};`;
      }),
      ...before,
      ...walkInChains({ ...walk, first: lanes ? 'begin + depth' : 'begin' }),
      ...fold.lines,
      ...grid.store([`let total = ${fold.total};`, ...finish]),
    ].join('\n'),
    cost: {
      flops: layout.flops + epilogueCost(epilogue, outputs).flops,
      bytes: layout.bytes + 4 * outputs * chunks * outs.length + epilogueCost(epilogue, outputs).bytes,
    },
    requires: fold.requires,
  });
}
