/** What a discriminator says of every point of the plane. */
import { type Discriminator, isCrossEntropy, type Mixture, type RunConfig, samplePoints } from '@ganvas/gan';
import { Rng } from '@ganvas/kernels-wgsl';
import { capture, reshape, sigmoid, type Tensor } from '@ganvas/tensor';
import type { Field } from './messages.ts';

/** Points along each axis. */
const SIDE = 40;
/** The plane is shown this much beyond the outermost centre. */
const MARGIN = 1.35;
/** Rows that are judged together where the discriminator looks at its batch as a whole: half of them real ones. */
const COMPANY = 64;
/** Answers of a discriminator of packs are means over so many companies. */
const DRAWS = 4;

export const reachOf = ({ centres }: Mixture): number => MARGIN * Math.max(...centres.flat().map(Math.abs));

export interface FieldReader {
  read(): Promise<Field>;
  dispose(): void;
}

/**
 * A discriminator that judges packs, or its batch as a whole, is asked about each place in the company of real points, always the same:
 * what it has learnt of company is whether it is too much alike.
 */
export function openField(
  D: Discriminator,
  { pack, minibatch, loss }: Pick<RunConfig, 'pack' | 'minibatch' | 'loss'>,
  mixture: Mixture,
): FieldReader {
  const reach = reachOf(mixture);
  const plane = planePoints(reach);
  const count = SIDE * SIDE;
  const inCompany = minibatch !== 'none';
  const [asked, beside] = inCompany ? [COMPANY, COMPANY] : [count, 0];
  const rows = asked + beside;
  const draws = pack > 1 && !inCompany ? DRAWS : 1;
  const judge = capture((points: Tensor) => {
    const { logits } = D.forward(reshape(points, [rows * pack, 2]), null, 'eval');
    return isCrossEntropy(loss) ? sigmoid(logits) : logits;
  });
  const companies = Array.from({ length: draws }, (_, draw) => {
    const company = samplePoints(mixture, new Rng(draw), rows * pack);
    // All places that are asked about share a pack's other points, or their differences would be seen.
    for (let row = 1; row < asked; row++) company.copyWithin(2 * row * pack, 0, 2 * pack);
    return company;
  });
  return {
    async read() {
      const answers = new Float32Array(count);
      const turns = count / asked;
      // Places that are judged together lie all over the plane.
      const placeOf = (row: number, turn: number) => row * turns + turn;
      for (const company of companies) {
        for (let turn = 0; turn < turns; turn++) {
          const batch = company.slice();
          for (let row = 0; row < asked; row++) {
            const place = placeOf(row, turn);
            batch.set(plane.subarray(2 * place, 2 * place + 2), 2 * row * pack);
          }
          const said = await judge(batch).data();
          for (let row = 0; row < asked; row++) answers[placeOf(row, turn)]! += said[row]! / draws;
        }
      }
      const range: Field['range'] = isCrossEntropy(loss) ? [0, 1] : [Math.min(...answers), Math.max(...answers)];
      return { side: SIDE, ...{ reach, answers, range } };
    },
    dispose: () => judge.dispose(),
  };
}

/** Points [side, side, 2] from (−reach, −reach), x running first. */
function planePoints(reach: number): Float32Array {
  const at = (i: number) => reach * ((2 * i) / (SIDE - 1) - 1);
  return Float32Array.from({ length: 2 * SIDE * SIDE }, (_, k) =>
    at(k % 2 === 0 ? (k >> 1) % SIDE : Math.floor((k >> 1) / SIDE)),
  );
}
