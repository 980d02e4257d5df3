/** A line chart that grows while one looks at it: every value is kept, a column of pixels shows the span of those that fall on it. */

export interface Series {
  name: string;
  /** A custom property of the page's colours, `--a`. */
  colour: string;
}

export interface LineChart {
  /** A row of values, one a series, at each step on. */
  add(rows: readonly (readonly number[])[]): void;
  clear(firstStep: number): void;
  close(): void;
}

const PADDING = { left: 44, right: 8, top: 8, bottom: 22 };
/** Of the values that are drawn, this share may lie beyond the chart: one outburst does not flatten the rest. */
const OUTLIERS = 0.01;
/** Values of a series by which the axis is chosen. */
const MEASURED = 1000;

/** @param range of the vertical axis. Default: what the values need */
export function lineChart(canvas: HTMLCanvasElement, series: readonly Series[], range?: [number, number]): LineChart {
  const context = canvas.getContext('2d')!;
  let values: number[][] = series.map(() => []);
  let first = 1;
  let asked = 0;

  const draw = () => {
    asked = 0;
    const { width, height } = fit(canvas, context);
    const style = getComputedStyle(canvas);
    const colour = (name: string) => style.getPropertyValue(name);
    const count = values[0]!.length;
    const [low, high] = range ?? rangeOf(values);
    const inner = { width: width - PADDING.left - PADDING.right, height: height - PADDING.top - PADDING.bottom };
    const y = (value: number) => PADDING.top + inner.height * (1 - (value - low) / (high - low));
    context.clearRect(0, 0, width, height);
    context.font = `12px ${style.fontFamily}`;
    context.lineWidth = 1;
    for (const tick of [low, (low + high) / 2, high]) {
      context.strokeStyle = colour('--line');
      context.beginPath();
      context.moveTo(PADDING.left, Math.round(y(tick)) + 0.5);
      context.lineTo(width - PADDING.right, Math.round(y(tick)) + 0.5);
      context.stroke();
      context.fillStyle = colour('--quiet');
      context.textAlign = 'right';
      context.textBaseline = 'middle';
      context.fillText(Number(tick.toPrecision(2)).toString(), PADDING.left - 6, y(tick));
    }
    context.textBaseline = 'bottom';
    if (count > 0) {
      context.fillText(`step ${first + count - 1}`, width - PADDING.right, height - 2);
      context.textAlign = 'left';
      context.fillText(`${first}`, PADDING.left, height - 2);
    }
    context.save();
    context.beginPath();
    context.rect(PADDING.left, PADDING.top - 1, inner.width, inner.height + 2);
    context.clip();
    context.lineWidth = 1.5;
    for (const [i, { colour: name }] of series.entries()) {
      context.strokeStyle = colour(name);
      context.beginPath();
      for (const [x, value] of pathOf(values[i]!, Math.floor(inner.width))) context.lineTo(PADDING.left + x, y(value));
      context.stroke();
    }
    context.restore();
  };
  const ask = () => {
    asked ||= requestAnimationFrame(draw);
  };
  const watch = new ResizeObserver(ask);
  watch.observe(canvas);
  const dark = matchMedia('(prefers-color-scheme: dark)');
  dark.addEventListener('change', ask);
  return {
    add(rows) {
      for (const row of rows) for (const [i, kept] of values.entries()) kept.push(row[i]!);
      ask();
    },
    clear(firstStep) {
      values = series.map(() => []);
      first = firstStep;
      ask();
    },
    close() {
      watch.disconnect();
      dark.removeEventListener('change', ask);
      cancelAnimationFrame(asked);
    },
  };
}

/** Points [x, value] of a line: of values that share a column of pixels the least and the greatest. */
export function pathOf(values: readonly number[], width: number): [x: number, value: number][] {
  const last = Math.max(1, values.length - 1);
  if (values.length <= 2 * width) return values.map((value, i) => [(i / last) * width, value]);
  return Array.from({ length: width }, (_, x) => {
    const column = values.slice(Math.floor((x * values.length) / width), Math.floor(((x + 1) * values.length) / width));
    return [Math.min(...column), Math.max(...column)].map((value): [number, number] => [x, value]);
  }).flat();
}

/** Of an axis with 0 on it and nearly all values, between round numbers. */
export function rangeOf(series: readonly (readonly number[])[]): [low: number, high: number] {
  const thinned = series.flatMap((values) => {
    const stride = Math.ceil(values.length / MEASURED);
    return values.filter((value, i) => i % stride === 0 && Number.isFinite(value));
  });
  const sorted = thinned.sort((a, b) => a - b);
  if (!sorted.some((value) => value !== 0)) return [0, 1];
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))]!;
  return [-roundUp(-at(OUTLIERS / 2)), roundUp(at(1 - OUTLIERS / 2))];
}

/** The next of 1, 2, 5, 10, 20, … ; 0 of what is not above it. */
function roundUp(value: number): number {
  if (value <= 0) return 0;
  const decade = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].find((step) => step * decade >= value)! * decade;
}

/** As many pixels as the screen has there. @returns the size in CSS pixels, in which is drawn */
export function fit(canvas: HTMLCanvasElement, context: CanvasRenderingContext2D): { width: number; height: number } {
  const { clientWidth: width, clientHeight: height } = canvas;
  const [w, h] = [width, height].map((length) => Math.round(length * devicePixelRatio)) as [number, number];
  if (canvas.width !== w || canvas.height !== h) Object.assign(canvas, { width: w, height: h });
  context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
  return { width, height };
}
