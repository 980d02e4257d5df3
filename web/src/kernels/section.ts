/** Kernels: ladders to read, change and run. */
import type { Device } from '@ganvas/tensor';
import { createStopwatch } from '@ganvas/tensor';
import { render } from 'lit-html';
import type { OpenSection } from '../section.ts';
import { measureCeilings } from './ceilings.ts';
import { createReferences } from './check.ts';
import { createEditor } from './editor.ts';
import { evaluate, type Setting } from './evaluate.ts';
import { fieldsOf } from './families.ts';
import { ladderOf } from './ladder.ts';
import type { RooflineChart } from './roofline-chart.ts';
import { openBench, WgslError } from './run.ts';
import { stateOf } from './state.ts';
import { createThreadView } from './thread-view.ts';
import { type Actions, page } from './view.ts';
import './kernels.css';

export const open: OpenSection = (root, context) => {
  const state = stateOf(context.path[0] ?? '');
  const references = createReferences();
  const editor = createEditor(
    () => void actions.run(),
    (text) => {
      state.texts[state.stage] = text;
    },
  );
  const plot = document.createElement('div');
  let chart: RooflineChart | null = null;
  const threads = createThreadView(state, () => draw());
  let setting: Setting | null = null;
  let closed = false;
  let stopped = false;

  const draw = () => {
    if (closed) return;
    render(page(state, actions, { editor: editor.dom, drawing: threads.root, chart: plot }), root);
  };

  /** What uses the device goes one after another: no times are measured while something else runs, no buffer goes while it is used. */
  let last: Promise<unknown> = Promise.resolve();
  const queue = (work: () => Promise<void>): void => {
    last = last.then(work).catch((error: unknown) => {
      state.answer = { kind: 'wrong', text: said(error) };
      state.climbing = null;
      draw();
    });
  };

  const chosen = () => state.ladder[state.rung]!;
  const drawThread = () =>
    queue(async () => {
      if (setting && chosen().refused === null)
        await threads.open(setting, chosen().candidate, state.stage, state.texts);
      else threads.clear();
    });

  const showStage = (stage: number) => {
    state.stage = stage;
    draw(); // the editor measures its lines where it stands
    editor.open(state.texts[stage]!);
    compare(state.comparing);
    drawThread();
  };
  const compare = (on: boolean) => {
    const below = state.ladder[state.rung - 1]?.candidate.stages;
    state.comparing = on;
    editor.compare(on && below ? below[Math.min(state.stage, below.length - 1)]!.kernel.code : null);
  };
  const showRung = (rung: number) => {
    state.rung = rung;
    const { candidate } = chosen();
    state.texts = candidate.stages.map(({ kernel }) => kernel.code);
    state.answer = { kind: 'none', text: '' };
    history.replaceState(null, '', `#/kernels/${state.family.kernels.name}/${candidate.name}`);
    showStage(0);
  };

  const showShape = (device: Device, name: string | undefined) => {
    const { problem, family } = state;
    state.ladder = ladderOf(problem, device.traits);
    state.outcomes.clear();
    queue(async () => {
      threads.clear();
      setting?.bench.close();
      const bench = openBench(device, problem.values(), problem.outputs);
      const reference = () => references.of(family.kernels.name, problem.shape);
      setting = { device, problem, bench, reference, stopwatch: setting?.stopwatch ?? createStopwatch(device) };
    });
    showRung(
      Math.max(
        0,
        state.ladder.findIndex(({ candidate }) => candidate.name === name),
      ),
    );
  };
  const setShape = (text: string) => {
    void context.device().then((device) => {
      try {
        const problem = state.family.kernels.problem(text);
        const largest = 4 * Math.max(...problem.inputs, ...problem.outputs);
        const most = device.gpu.limits.maxStorageBufferBindingSize;
        if (largest > most) throw new Error(`a buffer of ${largest} bytes; this adapter binds at most ${most}`);
        stopped = true;
        state.problem = problem;
        state.fields = fieldsOf(problem.shape);
        state.shapeError = null;
        showShape(device, chosen().candidate.name);
      } catch (error) {
        state.shapeError = said(error);
      }
      draw();
    });
  };

  const actions: Actions = {
    setShape,
    typeField(name, text) {
      state.fields.set(name, text); // whatever draws the form meanwhile leaves it there
    },
    setField(name, value) {
      state.fields.set(name, value);
      setShape([...state.fields].map(([field, text]) => `${field}=${text}`).join(','));
    },
    chooseRung: showRung,
    chooseStage: showStage,
    chooseThread: (group, thread) => void threads.choose(group, thread),
    compare(on) {
      compare(on);
      draw();
    },
    restore: () => showRung(state.rung),
    stop: () => {
      stopped = true;
    },
    run() {
      if (chosen().refused !== null || state.answer.kind === 'busy') return;
      state.answer = { kind: 'busy', text: 'Running …' };
      editor.report([]);
      const { candidate } = chosen();
      const texts = [...state.texts];
      queue(async () => {
        try {
          const { verdict, measured, gflops } = await evaluate(setting!, candidate, texts);
          const time = `${measured.ms.toPrecision(3)} ms, ${gflops.toPrecision(3)} GFLOP/s (${measured.runs} runs, the ${measured.clock}’s clock).`;
          state.answer = {
            kind: verdict?.right === false ? 'wrong' : 'right',
            text: `${verdict?.text ?? 'Not checked.'} ${time}`,
          };
        } catch (error) {
          state.answer = { kind: 'wrong', text: said(error) };
          if (error instanceof WgslError) editor.report(error.faults.filter(({ stage }) => stage === state.stage));
        }
        draw();
      });
      drawThread();
      draw();
    },
    climb() {
      stopped = false;
      state.outcomes.clear();
      state.climbing = 'the ceilings';
      queue(async () => {
        const { device, stopwatch, problem } = setting!;
        state.ceilings ??= await measureCeilings(device, stopwatch);
        chart ??= (await import('./roofline-chart.ts')).createRooflineChart(plot);
        for (const { candidate, refused } of state.ladder) {
          if (stopped || closed) break;
          if (refused !== null) continue;
          state.climbing = candidate.name;
          draw();
          const outcome = await evaluate(setting!, candidate).catch(said);
          if (problem !== state.problem) break;
          state.outcomes.set(candidate.name, outcome);
          chart.show(points(), state.ceilings);
        }
        state.climbing = null;
        draw();
      });
      draw();
    },
  };
  const points = () =>
    [...state.outcomes].flatMap(([name, outcome]) =>
      typeof outcome === 'string' ? [] : [{ name, cost: state.problem.cost, gflops: outcome.gflops }],
    );

  draw();
  void context.device().then(
    (device) => {
      if (closed) return;
      showShape(device, context.path[1]);
    },
    () => {}, // the page says what to do
  );
  return () => {
    closed = true;
    references.close();
    chart?.close();
    editor.close();
    void last.then(() => {
      threads.clear();
      setting?.bench.close();
    });
  };
};

const said = (error: unknown): string => (error instanceof Error ? error.message : String(error));
