/** A profile as a table, for people. */
import type { Profile, Timed } from '../runtime/profile.ts';
import { type Column, significant, table } from './table.ts';

/** Below 1 with so many places and no more, so that what is next to nothing reads like it. */
const upTo = (places: number, value: number): string => (value < 1 ? value.toFixed(places) : significant(value));

const percent = (share: number): string => `${(100 * share).toFixed(1)}%`;

/**
 * At most 100 columns wide: every dispatch, the slowest first, under its number in `printPlan`; then the families; then the sum,
 * and what a plain replay takes.
 */
export function formatProfile(profile: Profile): string {
  const { device, clock, runs, roofline, dispatches, families, ms, wallMs } = profile;
  const figures: Column[] = ['ms', 'share', 'GFLOP/s', 'GB/s', ...(roofline ? ['roof'] : [])].map((title) => ({
    title,
  }));
  const figuresOf = ({ flops, bytes, ms, share, roofline: reached }: Timed): string[] => [
    upTo(3, ms),
    percent(share),
    ms > 0 ? upTo(2, flops / ms / 1e6) : '–',
    ms > 0 ? upTo(2, bytes / ms / 1e6) : '–',
    ...(roofline ? [reached === null ? '–' : percent(reached)] : []),
  ];
  const rows = dispatches
    .map((d, i) => ({ ms: d.ms, cells: [String(i), d.label, d.kernel, ...figuresOf(d)] }))
    .sort((a, b) => b.ms - a.ms)
    .map(({ cells }) => cells);
  const dispatchTable = table(
    [{ title: '#' }, { title: 'ops', left: true, most: 22 }, { title: 'kernel', left: true, most: 29 }, ...figures],
    rows,
  );
  const familyTable = table(
    [{ title: 'family', left: true, most: 40 }, { title: 'dispatches' }, ...figures],
    families.map((f) => [f.family, String(f.dispatches), ...figuresOf(f)]),
  );
  const whose = clock === 'gpu' ? "the device's clock" : "the host's clock, a submission a dispatch";
  return [
    `${device.name} (${device.class}, ${device.backend})`.slice(0, 100),
    `median of ${runs} ${runs === 1 ? 'run' : 'runs'} by ${whose}`,
    '',
    dispatchTable,
    '',
    familyTable,
    '',
    `${dispatches.length} dispatches take ${significant(ms)} ms one by one; a replay takes ${significant(wallMs)} ms of wall time`,
  ].join('\n');
}
