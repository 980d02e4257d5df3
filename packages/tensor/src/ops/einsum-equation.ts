/** What an einsum's equation says of its operands' axes: `bij,bjk->bik`. */
import { formatShape, type Shape, ShapeError } from '../shape.ts';

/** The name of an axis: a letter, or for one that `...` stands for, its place from the right. */
export type Label = string;

export interface EinsumAxes {
  left: Label[];
  right: Label[];
  output: Label[];
}

/** @throws ShapeError for an equation that cannot be read, or does not fit the shapes */
export function axesOf(equation: string, a: Shape, b: Shape): EinsumAxes {
  const text = equation.replaceAll(/\s/g, '');
  const refuse = (what: string): ShapeError =>
    new ShapeError(`einsum: '${equation}' ${what} (a ${formatShape(a)}, b ${formatShape(b)})`);
  const TERM = '(?:[a-zA-Z]*(?:\\.{3})?[a-zA-Z]*)';
  const [, leftTerm, rightTerm, arrow, outputTerm] = new RegExp(`^(${TERM}),(${TERM})(->(${TERM}))?$`).exec(text) ?? [];
  if (leftTerm === undefined || rightTerm === undefined)
    throw refuse("is no equation of two operands; expected letters and '...', as in 'bij,bjk->bik'");

  const operandLabels = (term: string, shape: Shape, name: string): Label[] => {
    const named = term.replace('...', '').length;
    const open = term.includes('...') ? shape.length - named : 0;
    if (open < 0 || named + open !== shape.length)
      throw refuse(`names ${named} axes of ${name}, which has ${shape.length}`);
    const labels = labelsOf(term, open);
    const twice = repeated(labels);
    if (twice !== undefined)
      throw refuse(`names ${twice} twice in ${name}; multiply by an identity matrix and sum to take a diagonal`);
    return labels;
  };
  const left = operandLabels(leftTerm, a, 'a');
  const right = operandLabels(rightTerm, b, 'b');
  for (const label of left) {
    const [m, n] = [a[left.indexOf(label)]!, b[right.indexOf(label)] ?? 1];
    if (m !== n && m !== 1 && n !== 1) throw refuse(`gives ${label} the sizes ${m} and ${n}`);
  }

  const open = Math.max(...[left, right].map((labels) => labels.filter(isOpen).length));
  const once = [...left, ...right].filter((label, _, all) => all.indexOf(label) === all.lastIndexOf(label));
  const output =
    outputTerm === undefined || arrow === undefined
      ? [...labelsOf('...', open), ...once.filter((label) => !isOpen(label)).sort()]
      : labelsOf(outputTerm, open);
  const unknown = output.find((label) => !left.includes(label) && !right.includes(label));
  if (unknown !== undefined) throw refuse(`names ${unknown} in the result alone`);
  const twice = repeated(output);
  if (twice !== undefined) throw refuse(`names ${twice} twice in the result`);
  return { left, right, output };
}

const isOpen = (label: Label): boolean => label.startsWith('axis');
const repeated = (labels: readonly Label[]): Label | undefined => labels.find((l, i) => labels.indexOf(l) !== i);

/** The term's letters, and in the place of `...` as many axes as are open, `axis -1` the last of them. */
function labelsOf(term: string, open: number): Label[] {
  const [before = '', after = ''] = term.split('...');
  const axes = Array.from({ length: term.includes('...') ? open : 0 }, (_, i) => `axis ${i - open}`);
  return [...before, ...axes, ...after];
}
