/** The plane: what D says of it, real points, and the generator's. */
import { type Mixture, samplePoints } from '@ganvas/gan';
import { Rng } from '@ganvas/kernels-wgsl';
import { fit } from '../live/chart.ts';
import type { Field, Picture } from './messages.ts';

const REAL_POINTS = 300;
/** How much of a colour a sure answer has; the points stay visible on it. */
const STRENGTH = 140;

export function drawPlane(canvas: HTMLCanvasElement, { points, field }: Picture, mixture: Mixture): void {
  const context = canvas.getContext('2d')!;
  const { width, height } = fit(canvas, context);
  const style = getComputedStyle(canvas);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const { reach } = field;
  const x = (value: number) => ((value + reach) / (2 * reach)) * width;
  const y = (value: number) => ((reach - value) / (2 * reach)) * height;
  const each = (all: Float32Array, draw: (px: number, py: number) => void) => {
    for (let i = 0; i < all.length; i += 2) draw(x(all[i]!), y(all[i + 1]!));
  };

  context.clearRect(0, 0, width, height);
  context.drawImage(shade(field, colour('--a'), colour('--b')), 0, 0, width, height);
  context.strokeStyle = colour('--text');
  context.lineWidth = 1;
  each(samplePoints(mixture, new Rng(1), REAL_POINTS), (px, py) => {
    context.beginPath();
    context.arc(px, py, 3.5, 0, 2 * Math.PI);
    context.stroke();
  });
  context.fillStyle = colour('--d');
  each(points, (px, py) => {
    context.beginPath();
    context.arc(px, py, 2.5, 0, 2 * Math.PI);
    context.fill();
  });
}

/** The field as a small picture, the top row first: the colour of what D leans to, stronger where it is surer. */
function shade({ side, answers, range: [low, high] }: Field, real: string, fake: string): HTMLCanvasElement {
  const picture = Object.assign(document.createElement('canvas'), { width: side, height: side });
  const pixels = new ImageData(side, side);
  const [ofReal, ofFake] = [rgb(real), rgb(fake)];
  for (const [i, answer] of answers.entries()) {
    const lean = ((answer - low) / (high - low || 1)) * 2 - 1;
    const row = side - 1 - Math.floor(i / side);
    pixels.data.set([...(lean > 0 ? ofReal : ofFake), Math.abs(lean) * STRENGTH], 4 * (row * side + (i % side)));
  }
  picture.getContext('2d')!.putImageData(pixels, 0, 0);
  return picture;
}

/** Of `#rrggbb`, as the page's tokens are written. */
const rgb = (hex: string): [number, number, number] => {
  const value = Number.parseInt(hex.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
};
