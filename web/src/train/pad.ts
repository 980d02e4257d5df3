/** A square to drag in: two numbers from 0 to 1, by pointer or by arrow keys. */
import { html, type TemplateResult } from 'lit-html';

export interface Point {
  /** From the left. */
  u: number;
  /** From the top. */
  v: number;
}

/** What an arrow key moves. */
const STRIDE = 0.05;
const ARROWS: Record<string, Point> = {
  ArrowLeft: { u: -STRIDE, v: 0 },
  ArrowRight: { u: STRIDE, v: 0 },
  ArrowUp: { u: 0, v: -STRIDE },
  ArrowDown: { u: 0, v: STRIDE },
};

const clamp = (share: number): number => Math.min(1, Math.max(0, share));

export function pad(point: Point, moved: (point: Point) => void): TemplateResult {
  const follow = (event: PointerEvent) => {
    const square = event.currentTarget as HTMLElement;
    if (event.type === 'pointerdown') square.setPointerCapture(event.pointerId);
    else if (event.buttons === 0) return;
    const { left, top, width, height } = square.getBoundingClientRect();
    moved({ u: clamp((event.clientX - left) / width), v: clamp((event.clientY - top) / height) });
  };
  const nudge = (event: KeyboardEvent) => {
    const by = ARROWS[event.key];
    if (!by) return;
    event.preventDefault();
    moved({ u: clamp(point.u + by.u), v: clamp(point.v + by.v) });
  };
  return html`
    <div class="pad" role="slider" tabindex="0" aria-label="Place between the four latents; arrow keys move it"
      aria-valuemin="0" aria-valuemax="100" aria-valuenow=${Math.round(100 * point.u)}
      aria-valuetext="${Math.round(100 * point.u)} % to the right, ${Math.round(100 * point.v)} % down"
      @pointerdown=${follow} @pointermove=${follow} @keydown=${nudge}>
      <span class="knob" style="left:${100 * point.u}%;top:${100 * point.v}%"></span>
    </div>
  `;
}
