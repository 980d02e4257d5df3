/** The drawing of one thread: which it is, what it touches, and how another is chosen. */
import type { Candidate } from '@ganvas/kernels-wgsl';
import { createDrawing } from './drawing.ts';
import type { Setting } from './evaluate.ts';
import { sheetsOf } from './sheets.ts';
import type { State } from './state.ts';
import { type Access, createTracer, type Tracer } from './trace.ts';

export interface ThreadView {
  readonly root: HTMLElement;
  /** Draws a stage of a candidate, with the thread that writes the middle of its result. */
  open(setting: Setting, candidate: Candidate, stage: number, texts: readonly string[]): Promise<void>;
  choose(group: number, thread: number): Promise<void>;
  clear(): void;
}

/** @param draw the page, when the state has changed */
export function createThreadView(state: State, draw: () => void): ThreadView {
  let tracer: Tracer | null = null;
  let owners = new Map<string, Int32Array>();
  let shown = '';
  const drawing = createDrawing((name, element) => {
    const owner = owners.get(name)?.[element] ?? -1;
    if (!tracer || owner < 0) return;
    void choose(Math.floor(owner / tracer.invocations), owner % tracer.invocations);
  });

  /** Only the last choice counts while a trace is under way. */
  let wanted: { group: number; thread: number } | null = null;
  let tracing: Promise<void> | null = null;
  const choose = (group: number, thread: number): Promise<void> => {
    wanted = { group, thread };
    tracing ??= follow().finally(() => {
      tracing = null;
    });
    return tracing;
  };
  const follow = async () => {
    while (wanted && tracer) {
      const { group, thread } = wanted;
      const from = tracer;
      wanted = null;
      const accesses = await from.trace(group, thread);
      if (from !== tracer) return;
      state.chosen = { group, thread, groups: from.workgroups, threads: from.invocations };
      state.drawn = summary(accesses, state);
      drawing.paint(accesses);
      draw();
    }
  };
  const clear = () => {
    tracer?.close();
    tracer = null;
    owners = new Map();
  };

  return {
    root: drawing.root,
    choose,
    clear,
    async open(setting, candidate, stage, texts) {
      clear();
      const { family, problem } = state;
      const sheets = sheetsOf(family, problem, candidate, stage);
      // The same sheets stay: nothing moves when a text is run again.
      const key = JSON.stringify(sheets);
      if (key !== shown) drawing.open(sheets, family.product === true);
      shown = key;
      state.drawn = 'Compiling the kernel with its accesses noted …';
      draw();
      try {
        tracer = await createTracer(setting.device, setting.bench, candidate, stage, texts[stage]!);
        owners = await tracer.owners();
        const result = sheets.findLast(({ written, name }) => written && owners.get(name)!.some((owner) => owner >= 0));
        const written = owners.get(result?.name ?? '');
        const { rows, columns } = result?.view ?? { rows: 1, columns: 1 };
        const middle = Math.floor(((Math.floor(rows / 2) + 0.5) * columns * (written?.length ?? 0)) / (rows * columns));
        const owner = Math.max(0, written?.[middle] ?? 0);
        await choose(Math.floor(owner / tracer.invocations), owner % tracer.invocations);
      } catch (error) {
        clear();
        state.drawn = `Nothing is drawn. ${error instanceof Error ? error.message : String(error)}`;
        draw();
      }
    },
  };
}

const say = (count: number): string => count.toLocaleString('en');

/** The numbers behind the picture. */
function summary(accesses: readonly Access[], { chosen }: State): string {
  const buffers = accesses.filter(({ marks }) => marks.length > 0);
  const shared = accesses.filter(({ marks }) => marks.length === 0);
  const total = (of: readonly Access[], kind: 'loads' | 'stores') =>
    of.reduce((sum, { thread }) => sum + thread[kind], 0);
  const memory =
    shared.length > 0
      ? ` In workgroup memory it reads ${say(total(shared, 'loads'))} times and writes ${say(total(shared, 'stores'))} times.`
      : '';
  return (
    `Thread ${chosen.thread} of workgroup ${chosen.group} loads ${say(total(buffers, 'loads'))} times from storage and ` +
    `stores ${say(total(buffers, 'stores'))} times.${memory}`
  );
}
