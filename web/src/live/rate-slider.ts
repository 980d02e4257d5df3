/** A learning rate, on a logarithmic slider. */
import { html, type TemplateResult } from 'lit-html';

/** Exponents of ten: from the least to the greatest rate, in so many positions a decade. */
const [LEAST, MOST, POSITIONS] = [-5, -1, 20];

export function rateSlider(label: string, rate: number, change: (rate: number) => void): TemplateResult {
  const heed = ({ target }: Event) => change(rateAt(Number((target as HTMLInputElement).value)));
  return html`
    <label class="field">
      <span>${label}: ${formatRate(rate)}</span>
      <input type="range" min=${LEAST * POSITIONS} max=${MOST * POSITIONS} step="1"
        .value=${String(Math.round(Math.log10(rate) * POSITIONS))} aria-valuetext=${formatRate(rate)} @input=${heed} />
    </label>
  `;
}

/** Two significant digits are enough to choose by. */
const rateAt = (position: number): number => Number((10 ** (position / POSITIONS)).toPrecision(2));
const formatRate = (rate: number): string => (rate < 1e-3 ? rate.toExponential() : String(rate));
