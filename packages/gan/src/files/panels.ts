/** Which measurements share a drawing: one panel a quantity, so that its curves have one unit. */

export interface Curve {
  /** Column of the measurements. */
  column: string;
  /** What the legend calls it. */
  name: string;
}

export interface Panel {
  title: string;
  curves: readonly Curve[];
  /** Limits of the axis, if every value is within them; else, and by default, the values decide. */
  range?: readonly [number, number];
}

/** A row of measurements; a curve has a gap where its column is missing or not finite. */
export type Row = Readonly<Record<string, number>>;

/** Okabe and Ito's colours as curves need them on white: told apart by colour-blind readers too. A panel's first curve gets the first. */
export const CURVE_COLORS = ['#0072b2', '#d55e00', '#009e73', '#aa4499', '#8c6d00', '#555555'] as const;
/** The same hues, light enough for a dark page. */
export const CURVE_COLORS_DARK = ['#56b4e9', '#f28e4b', '#3fc79a', '#e08fd0', '#f0e442', '#bbbbbb'] as const;

/** Panels of the quantities that a training step reports. D's curve comes before G's, real before generated. */
const KNOWN: readonly Panel[] = [
  { title: 'Loss', curves: named({ lossD: 'loss D', lossG: 'loss G' }) },
  {
    title: 'Discriminator’s answer (0 fake, 1 real)',
    curves: named({ dReal: 'D(x)', dFake: 'D(G(z))' }),
    range: [0, 1],
  },
  { title: 'Gradient norm', curves: named({ gradD: 'gradient of D', gradG: 'gradient of G' }) },
  { title: 'Slope of the critic (the gradient penalty wants 1)', curves: named({ slope: 'slope' }) },
  { title: 'Learning rate', curves: named({ lrD: 'of D', lrG: 'of G' }) },
];
/** Columns that say when, not what. */
const CLOCKS = ['step', 'epoch'];

/** A panel for each known quantity that has a column, then one for each column that is left. */
export function panelsOf(columns: readonly string[]): Panel[] {
  const known = KNOWN.map((panel) => ({
    ...panel,
    curves: panel.curves.filter(({ column }) => columns.includes(column)),
  }));
  const drawn = [...CLOCKS, ...KNOWN.flatMap(({ curves }) => curves.map(({ column }) => column))];
  const others = columns.filter((column) => !drawn.includes(column));
  return [
    ...known.filter(({ curves }) => curves.length > 0),
    ...others.map((column) => ({ title: column, curves: [{ column, name: column }] })),
  ];
}

/** Every column that some row has, in the order of their appearance. */
export const columnsOf = (rows: readonly Row[]): string[] => [...new Set(rows.flatMap((row) => Object.keys(row)))];

/** The panel's limits where the rows keep to them. */
export function rangeOf({ range, curves }: Panel, rows: readonly Row[]): readonly [number, number] | undefined {
  if (!range) return undefined;
  const astray = (value: number | undefined) => Number.isFinite(value) && (value! < range[0] || value! > range[1]);
  return rows.some((row) => curves.some(({ column }) => astray(row[column]))) ? undefined : range;
}

function named(names: Record<string, string>): Curve[] {
  return Object.entries(names).map(([column, name]) => ({ column, name }));
}
