/** The fields of a shape text, `x=64x14x14x64,stride=2,transposeB=true`: what may stand after each `=`, and what it means. */

export interface Field<T> {
  /** What one writes: `N or YxX`. */
  syntax: string;
  /** Of what, for errors: `whole numbers from 1`. */
  domain: string;
  /** The value; null where the text is none. */
  parse(text: string): T | null;
}

/** Whole numbers from `least`, joined by `x`. */
function wholeNumbers<T>(syntax: string, least: 0 | 1, accept: (values: number[]) => T | null): Field<T> {
  return {
    syntax,
    domain: `whole numbers from ${least}`,
    parse: (text) => {
      if (!/^\d+(x\d+)*$/.test(text)) return null;
      const values = text.split('x').map(Number);
      return values.every((v) => Number.isSafeInteger(v) && v >= least) ? accept(values) : null;
    },
  };
}

/** How many there are of something. */
export const count = wholeNumbers('N', 1, ([n, ...more]) => (more.length === 0 ? n! : null));

/** A shape of any rank but 0. */
export const shape = wholeNumbers('NxNx...', 1, (values) => values);

/** Axes of a shape, counted from 0. */
export const axes = wholeNumbers('AxBx...', 0, (values) => values);

/** One axis of a shape, counted from 0. */
export const axis = wholeNumbers('A', 0, ([a, ...more]) => (more.length === 0 ? a! : null));

export type Four = [number, number, number, number];

const four = (values: number[]): Four | null => (values.length === 4 ? (values as Four) : null);

/** A shape of four axes, which `syntax` names. */
export const fourAxes = (syntax: string): Field<Four> => wholeNumbers(syntax, 1, four);

/** [y, x]. */
export const perAxis = wholeNumbers('N or YxX', 1, ([y, x = y, ...more]): [number, number] | null =>
  more.length === 0 ? [y!, x!] : null,
);

/** [top, bottom, left, right]. */
export const perSide = wholeNumbers('N or TOPxBOTTOMxLEFTxRIGHT', 0, (values) =>
  four(values.length === 1 ? Array<number>(4).fill(values[0]!) : values),
);

export const flag: Field<boolean> = {
  syntax: 'true|false',
  domain: 'one of two words',
  parse: (text) => (text === 'true' ? true : text === 'false' ? false : null),
};
