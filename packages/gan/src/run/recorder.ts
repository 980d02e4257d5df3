/** Everything that a run writes down while it trains: a table, JSON lines, and event files for TensorBoard. */
import { existsSync } from 'node:fs';
import type { RunConfig } from '../config.ts';
import { type CsvLog, openCsv, readCsv } from '../files/csv.ts';
import { openJsonl } from '../files/jsonl.ts';
import { openEventFile } from '../files/tensorboard.ts';
import type { StepReport } from '../training/reports.ts';
import type { RunFolder } from './run-folder.ts';

export type Figures = Readonly<Record<string, number>>;

export interface Recorder {
  /** What step `step` (from 1) reported; `epoch` counts from 0. */
  report(step: number, epoch: number, values: StepReport): void;
  judged(step: number, figures: Figures): void;
  picture(step: number, png: Uint8Array, size: { width: number; height: number }): void;
  /** All rows so far. */
  rows(): Record<string, number>[];
  judgements(): Record<string, number>[];
  /** Waits until the disk has everything. */
  sync(): void;
  close(): void;
}

/** What the steps of a run report, in the order of the table. */
export function reportNames(config: RunConfig): string[] {
  return [
    ...['lossD', 'lossG', 'dReal', 'dFake', 'gradD', 'gradG'],
    ...(config.gradientPenalty > 0 ? ['slope'] : []),
    ...(config.r1 > 0 ? ['r1'] : []),
    ...(config.onNonFinite === 'skip' ? ['skipped'] : []),
  ];
}

/**
 * @param figures names of what the judge tells; none where the run is not judged
 * @param resumeFrom the step of the checkpoint from which the run goes on: what was written of later ones comes again
 */
export function openRecorder(
  folder: RunFolder,
  config: RunConfig,
  figures: readonly string[],
  resumeFrom?: number,
): Recorder {
  const names = reportNames(config);
  const from = resumeFrom === undefined ? {} : { resumeFrom };
  const columns = ['step', 'epoch', ...names];
  const judgedColumns = ['step', ...figures];
  const table = openCsv(folder.metrics, columns, from);
  const lines = openJsonl(folder.metricsLines, from);
  const judged: CsvLog<string> | null = figures.length > 0 ? openCsv(folder.judged, judgedColumns, from) : null;
  const events = openEventFile(folder.path, from);
  if (resumeFrom === undefined) events.text('config', `\`\`\`json\n${JSON.stringify(config, null, 2)}\n\`\`\``);
  return {
    report(step, epoch, values) {
      const row = Object.fromEntries(names.map((name) => [name, values[name] ?? Number.NaN]));
      table.append({ step, epoch, ...row });
      lines.append({ step, epoch, ...row });
      events.scalars(step, Object.fromEntries(Object.entries(row).filter(([, value]) => !Number.isNaN(value))));
    },
    judged(step, values) {
      judged?.append({ step, ...values });
      lines.append({ step, ...values });
      events.scalars(step, Object.fromEntries(Object.entries(values).map(([name, value]) => [`judge/${name}`, value])));
    },
    picture: (step, png, size) => events.image(step, 'samples', png, size),
    rows: () => readCsv(folder.metrics, columns),
    judgements: () => (existsSync(folder.judged) ? readCsv(folder.judged, judgedColumns) : []),
    sync() {
      table.sync();
      lines.sync();
      judged?.sync();
      events.flush();
    },
    close() {
      table.close();
      lines.close();
      judged?.close();
      events.close();
    },
  };
}
