/**
 * Kernels of ours, interpreted: every invocation of a dispatch, and one of them watched. The threads of a workgroup run one after the
 * other from barrier to barrier.
 */
import type { Kernel } from '@ganvas/kernels-wgsl';
import { compileExpression } from './expression.ts';
import { ast, parse, typeOf } from './parse.ts';
import { type Module, Scope } from './scope.ts';
import { compileBlock, type Running } from './statement.ts';
import type { Buffer, Thread, Watch } from './thread.ts';
import { convert, each, NotInterpreted, type Value, type WgslType, zero } from './value.ts';

export type Three = readonly [number, number, number];

export interface Interpreter {
  readonly workgroupSize: Three;
  /** What a workgroup shares, by name. */
  readonly workgroup: ReadonlyMap<string, WgslType>;
  /**
   * Runs the dispatch; what it writes is in `buffers` afterwards.
   * @param buffers one a binding, in the kernel's order
   * @param watched is told what one thread does; the others of its workgroup come first up to each barrier
   */
  run(buffers: readonly (Float32Array | Uint32Array)[], watched?: Watched): void;
}

export interface Watched {
  /** Its global id. */
  thread: Three;
  watch: Watch;
  /** Told what the workgroup's memory holds when the thread starts, and when it goes on behind each barrier. */
  phase(memory: ReadonlyMap<string, readonly Value[]>): void;
}

/** The built-in values of an invocation. */
const IDS: readonly string[] = ['global_invocation_id', 'local_invocation_id', 'workgroup_id'];

/** @throws NotInterpreted where the kernel uses what the interpreter does not know */
export function interpreter({ code, bindings, workgroups }: Kernel): Interpreter {
  const [, extension] = /^enable (\w+);/m.exec(code) ?? [];
  if (extension) throw new NotInterpreted(`${extension}, an extension of WGSL`);
  const module = declarations(code);
  const main = module.functions.get('main');
  if (!main) throw new NotInterpreted('a module without main');
  const scope = new Scope(module);
  const builtins = main.args.map(({ name, type, attributes }) => {
    const which = String(attributes?.find((a) => a.name === 'builtin')?.value);
    if (!IDS.includes(which)) throw new NotInterpreted(`${which}: how subgroups lie is the adapter's affair`);
    return { slot: scope.declare(name, typeOf(type)), which };
  });
  const body = compileBlock(main.body, scope, 0);
  const workgroupSize = sizeOf(main);

  const start = (wid: Three, lid: Three, thread: Omit<Thread, 'frame' | 'returned'>): Running => {
    const gid = wid.map((w, axis) => w * workgroupSize[axis]! + lid[axis]!);
    const values: Record<string, Value> = { global_invocation_id: gid, local_invocation_id: lid, workgroup_id: wid };
    const frame: Value[] = [];
    for (const { slot, which } of builtins) frame[slot] = values[which]!;
    return body({ ...thread, frame, returned: 0 });
  };
  return {
    workgroupSize,
    workgroup: module.workgroup,
    run: (arrays, watched) => {
      const buffers = new Map<string, Buffer>(
        bindings.map(({ name }, i) => [name, { type: module.storage.get(name)!, array: arrays[i]! }]),
      );
      for (const wid of places(workgroups)) {
        const workgroup = new Map([...module.workgroup].map(([name, type]) => [name, zero(type) as Value[]]));
        const chosen = watched && localPlace(watched.thread, wid, workgroupSize);
        const running = [...places(workgroupSize)].map((lid) => {
          const watch = chosen && lid.join() === chosen.join() ? watched.watch : null;
          return { run: start(wid, lid, { buffers, workgroup, watch }), watch };
        });
        // The watched thread goes last: what it sees behind a barrier, all have written.
        running.sort((a, b) => Number(a.watch !== null) - Number(b.watch !== null));
        let phases = 0;
        for (;;) {
          const before = new Map([...workgroup].map(([name, memory]) => [name, [...memory]]));
          if (chosen) watched.phase(before);
          const ends = running.map(({ run }) => run.next());
          phases++;
          const lines = new Set(ends.map((end) => (end.done ? 0 : end.value)));
          if (lines.size > 1)
            throw new Error(`some threads of workgroup ${wid.join()} wait at a barrier that others do not reach`);
          if (lines.has(0) || phases > MOST_BARRIERS) break;
        }
      }
    },
  };
}

/** More than any kernel of ours meets at the sizes that one steps through. */
const MOST_BARRIERS = 10_000;

function* places([x, y, z]: Three): Generator<Three> {
  for (let k = 0; k < z; k++) for (let j = 0; j < y; j++) for (let i = 0; i < x; i++) yield [i, j, k];
}

/** Where a thread stands in a workgroup; undefined where it belongs to another. */
function localPlace(thread: Three, wid: Three, size: Three): Three | undefined {
  const place = thread.map((g, axis) => g - wid[axis]! * size[axis]!) as unknown as Three;
  return place.every((l, axis) => l >= 0 && l < size[axis]!) ? place : undefined;
}

function sizeOf(main: ast.Function): Three {
  const given = main.attributes?.find((a) => a.name === 'workgroup_size')?.value ?? [];
  const [x = 1, y = 1, z = 1] = [given].flat().map(Number);
  return [x, y, z];
}

function declarations(code: string): Module {
  const module: Module = {
    code,
    constants: new Map(),
    storage: new Map(),
    workgroup: new Map(),
    functions: new Map(),
    compiled: new Map(),
  };
  const scope = new Scope(module);
  for (const node of parse(code)) {
    if (node instanceof ast.Function) module.functions.set(node.name, node);
    else if (node instanceof ast.Const) {
      const { type, run } = compileExpression(node.value, scope, () => null);
      const of = type.of === 'abstract' ? 'i32' : type.of;
      const value = run({ frame: [], returned: 0, buffers: new Map(), workgroup: new Map(), watch: null });
      module.constants.set(node.name, { type: { ...type, of }, value: each((x) => convert(of, x!), value) });
    } else if (node instanceof ast.Var && node.type) {
      const memory = node.storage === 'workgroup' ? module.workgroup : module.storage;
      memory.set(node.name, typeOf(node.type));
    }
  }
  return module;
}
