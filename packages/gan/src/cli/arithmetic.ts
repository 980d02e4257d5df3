/** `gan arithmetic`: sums of latents, each with the samples that it is made of. */
import { writeFileAtomic } from '../files/atomic.ts';
import { encodeGrid } from '../files/png.ts';
import { joinLatents, type LatentOptions } from '../latent/draws.ts';
import { parseLatentSum, type Term, termText } from '../latent/expression.ts';
import { onSphere, sumLatent, termLatent } from '../latent/sums.ts';
import { checkAmount, checkPicture, imageShape, sayRun } from './look.ts';
import { askedClasses, besideRun, checkOutput, classOption, inTurn } from './look-options.ts';
import { withRun } from './open-run.ts';
import { UsageError } from './options.ts';
import { parseRunCommand, runCommandOf } from './run-command.ts';
import { say } from './say.ts';

/** A tile without an image: black. */
const BLANK = -1;

const arithmeticCommand = () =>
  runCommandOf(
    'arithmetic',
    'Adds and subtracts latents. An expression, like "3 - 1 + mean(4,8,15)", is of seeds, as sample counts them, and of ' +
      'means of seeds. A row of the picture each: the terms, and in the last column the result. Means and results are ' +
      'brought to the length √latent of a normal latent before they are shown.',
  )
    .usage('RUN EXPRESSION... [options]')
    .argument('[expressions...]', 'such as "3 - 1 + 4"')
    .addOption(classOption())
    .option('--out <file>', 'x.png (default: arithmetic.png in the run’s folder)');

/** @param args the words after `arithmetic` */
export async function arithmetic(args: readonly string[]): Promise<void> {
  const command = arithmeticCommand();
  const parsed = parseRunCommand(command, args);
  if (!parsed) return;
  const { run, options } = parsed;
  const sums = command.args.slice(1).map(parsedSum);
  if (sums.length === 0) throw new UsageError('arithmetic: which sum? expected an expression like "3 - 1 + 4"');
  const out = options.out ?? besideRun(run, 'arithmetic.png');
  await withRun(run, options, async (opened) => {
    sayRun(opened);
    const { generator, checkpoint, generate } = opened;
    const { height, width, channels } = imageShape(opened, 'arithmetic');
    checkOutput('--out', out, ['.png']);
    const asked = askedClasses(options.class, generator, checkpoint.data);
    const columns = Math.max(...sums.map((terms) => terms.length)) + 1;
    const count = sums.length * columns;
    checkAmount(opened, count, 'EXPRESSION');
    checkPicture({ count, height, width }, 'give fewer or shorter sums');

    const rows = sums.map((terms) => latentsOf(terms, generator));
    const ofRows = inTurn(asked, rows.length);
    const labels = ofRows && Uint32Array.from(rows.flatMap((row, r) => row.map(() => ofRows[r]!)));
    const made = await generate(joinLatents(rows.flat()), labels);
    const size = height * width * channels;
    const picture = new Float32Array(count * size).fill(BLANK);
    let from = 0;
    for (const [r, row] of rows.entries())
      for (const i of row.keys()) {
        const column = i === row.length - 1 ? columns - 1 : i;
        picture.set(made.subarray(from, from + size), (r * columns + column) * size);
        from += size;
      }
    writeFileAtomic(out, encodeGrid(picture, { count, columns, height, width, channels }));
    say(`wrote    ${out}, row by row:`);
    for (const terms of sums) say(`         ${describe(terms)}`);
  });
}

function parsedSum(text: string): Term[] {
  try {
    return parseLatentSum(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new UsageError(error.message);
  }
}

/** What a row shows: each term, then the sum. */
function latentsOf(terms: readonly Term[], options: LatentOptions): Float32Array[] {
  const shown = terms.map((term) =>
    term.seeds.length === 1 ? termLatent(term, options) : onSphere(termLatent(term, options)),
  );
  return [...shown, onSphere(sumLatent(terms, options))].map((latent) => {
    if (latent) return latent;
    throw new UsageError(`"${describe(terms)}" is 0, which has no direction; expected terms that do not cancel out`);
  });
}

const describe = (terms: readonly Term[]): string =>
  terms.map((term, i) => `${term.sign < 0 ? (i > 0 ? ' - ' : '-') : i > 0 ? ' + ' : ''}${termText(term)}`).join('');
