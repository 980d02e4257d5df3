/** What the parts that train show alike. */
import { html, nothing, type TemplateResult } from 'lit-html';
import { type Board, isReady, type TrainingActions } from './board.ts';
import { curves } from './curves.ts';
import { rateSlider } from './rate-slider.ts';
import { ANSWERS, LOSSES } from './series.ts';

/** Buttons, and how far the run has come. */
export function controls(board: Board<string>, act: TrainingActions): TemplateResult {
  const { running, step, stepsPerSecond } = board;
  const ready = isReady(board);
  return html`
    <div class="tools">
      <button class="primary toggle" ?disabled=${!ready} @click=${act.toggle}>${running ? 'Pause' : 'Train'}</button>
      <button ?disabled=${!ready || running} @click=${act.step}>One step</button>
      <span class="readout" id="step">step ${step.toLocaleString('en')}</span>
      <span class="readout" id="pace">${stepsPerSecond === null ? '– steps/s' : `${stepsPerSecond.toPrecision(3)} steps/s`}</span>
    </div>
  `;
}

/** @param answers title of the second chart */
export const curvesPanel = (
  { last, rates }: Board<string>,
  act: TrainingActions,
  answers: string,
): TemplateResult => html`
  <h2>How the game goes</h2>
  ${curves('Losses', LOSSES, last && [last[0], last[1]])}
  ${curves(answers, ANSWERS, last && [last[2], last[3]])}
  <div class="tools fields">
    ${rateSlider('Learning rate of G', rates.lrG, (lrG) => act.rates({ lrG }))}
    ${rateSlider('Learning rate of D', rates.lrD, (lrD) => act.rates({ lrD }))}
  </div>
`;

export const errorAt = <P extends string>({ errors }: Board<P>, place: P | 'run') =>
  errors[place] === undefined ? nothing : html`<p class="error" role="alert">${errors[place]}</p>`;

/** The value of the control that an event is of. */
export const chosenIn = ({ target }: Event): string => (target as HTMLInputElement | HTMLSelectElement).value;
