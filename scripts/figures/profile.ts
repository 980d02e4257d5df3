/** Chapter 10: a profile as `npm run profile -- dcgan --width 16 --json` wrote it once, on llvmpipe. */
import { readFileSync } from 'node:fs';
import { formatProfile, type Profile, percent, significant } from '@ganvas/tensor';
import { chart } from './chart.ts';
import type { Figure } from './figure.ts';
import { markdownTable, type Table } from './measured.ts';
import { ROOT } from './root.ts';

export const dcganProfile = (): Profile =>
  JSON.parse(readFileSync(`${ROOT}bench/results/profile-dcgan.json`, 'utf8')) as Profile;

const familyOf = (kernel: string): string => kernel.split('/')[0]!;

/** The step as a timeline of its dispatches, behind each other; the families that take most have a colour each. */
function timeline(): string {
  const { dispatches, families } = dcganProfile();
  const named = families.slice(0, 7).map(({ family }) => family);
  const rows = [...named, 'others'];
  let begin = 0;
  const bars = dispatches.map(({ kernel, ms }) => {
    const known = named.indexOf(familyOf(kernel));
    const row = known < 0 ? named.length : known;
    const bar = { row, begin, end: begin + ms };
    begin += ms;
    return bar;
  });
  return chart(
    {
      grid: { left: 160, right: 30, top: 20, bottom: 50 },
      xAxis: { type: 'value', name: 'ms', nameLocation: 'middle', nameGap: 30, max: Math.ceil(begin) },
      yAxis: { type: 'category', data: rows, inverse: true, axisTick: { show: false } },
      series: rows.map((name, row) => ({
        name,
        type: 'custom',
        renderItem: (_, api) => {
          const [from, to] = [api.coord([api.value(0), row]), api.coord([api.value(1), row])];
          const width = Math.max(1, to[0]! - from[0]!);
          const shape = { x: from[0]!, y: from[1]! - 11, width, height: 22 };
          return { type: 'rect', shape, style: { fill: api.visual('color') as string } };
        },
        data: bars.filter((bar) => bar.row === row).map((bar) => [bar.begin, bar.end]),
      })),
    },
    { width: 760, height: 340 },
  );
}

/** The profile as the command prints it, but for dispatches that take less than a hundredth of the step each. */
export const profileTable: Table = () => {
  const profile = dcganProfile();
  const all = formatProfile(profile).split('\n');
  const [first, end] = [all.findIndex((line) => line.startsWith('#')), all.indexOf('', 3)];
  const large = profile.dispatches.filter(({ share }) => share >= 0.01).length;
  const left = end - first - 1 - large;
  return ['```', ...all.slice(0, first + 1 + large), `… and ${left} more`, ...all.slice(end), '```'];
};

/** What each family takes, what the roofline asks of it at least, and the difference: the most that better kernels could win. */
export const gapTable: Table = () => {
  const { families, ms: whole } = dcganProfile();
  const rows = families.map(({ family, ms, roofline }) => {
    const least = ms * Math.min(1, roofline ?? 1);
    return [family, significant(ms), significant(least), significant(ms - least), percent((ms - least) / whole)];
  });
  return markdownTable(['family', 'ms', 'least, ms', 'difference, ms', 'of the step'], rows);
};

export const profiled: readonly Figure[] = [{ file: '10-timeline.svg', draw: timeline }];
