/** A family's README in the gallery: its ladder from naive up, where each rung stands in an adapter's order, and what was measured. */
import type { AdapterClass } from '../candidate.ts';
import type { KernelFamily } from './family.ts';

/** A rung of the README's table. */
export interface RungPages {
  name: string;
  idea: string;
  /** File names of its dispatches, in order. */
  pages: string[];
}

/** Between these lines stands what the benchmark measured and wrote. The generator leaves it as it finds it. */
const BEGIN = '<!-- measured:begin -->';
const END = '<!-- measured:end -->';

/** @param adapters the classes whose order is told, at the family's first shape */
export function renderReadme(family: KernelFamily, rungs: RungPages[], adapters: readonly AdapterClass[]): string {
  const problem = family.problem();
  const ladder = rungs.toSorted((a, b) => place(a.name) - place(b.name));
  const orders = adapters.map((adapter) => ({ adapter, names: problem.candidates(adapter).map((c) => c.name) }));
  return [
    `# ${family.name}`,
    '',
    `${capital(family.about)}.`,
    '',
    '| rung | idea |',
    '| --- | --- |',
    ...ladder.map((rung) => `| ${links(rung)} | ${rung.idea} |`),
    ...(rungs.length > 1 ? ['', `Tried in this order, at \`${problem.shape}\`:`, ''] : []),
    ...(rungs.length > 1 ? orders.map(({ adapter, names }) => `- ${adapter}: ${names.join(', ')}`) : []),
    '',
    '## Measured',
    '',
    BEGIN,
    END,
    '',
  ].join('\n');
}

/** `fresh` with the measurements of `found`, the README as it is; null or without any: none. */
export function keepMeasured(fresh: string, found: string | null): string {
  const measured = found?.slice(found.indexOf(BEGIN), found.indexOf(END));
  return measured?.startsWith(BEGIN) ? fresh.replace(`${BEGIN}\n`, () => measured) : fresh;
}

/** The number before a rung's name; those without one stand after the others, in their order. */
const place = (name: string): number => Number(/^\d+/.exec(name)?.[0] ?? Number.MAX_SAFE_INTEGER);

/** `[5-split-k](5-split-k-1.wgsl), [2](5-split-k-2.wgsl)`. */
const links = ({ name, pages }: RungPages): string =>
  pages.map((page, i) => `[${i === 0 ? name : i + 1}](${page})`).join(', ');

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
