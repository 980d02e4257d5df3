/** How a run's report looks and moves: what the browser gets beside the data. */

export const REPORT_STYLE = `
h1, li, .facts td { overflow-wrap: anywhere; } .facts td:first-child { white-space: nowrap; }
.cases { grid-template-columns: repeat(auto-fill, minmax(min(100%, 480px), 1fr)); }
.chart { height: 280px; }
.notes { padding: .6em 1em .6em 2em; border-left: 4px solid #c77700; background: #c7770018; }
.controls { display: flex; flex-wrap: wrap; gap: 6px 20px; align-items: center; margin: 1.2em 0 .4em; }
fieldset.controls { border: 1px solid #8886; border-radius: 6px; padding: 6px 12px; }
.controls label { display: flex; align-items: center; gap: 8px; }
.controls output { font-variant-numeric: tabular-nums; min-width: 3em; }
.samples .controls label { flex: 1 1 200px; }
.samples input { flex: 1; min-width: 0; }
.samples img { display: block; max-width: 100%; height: auto; }
button { font: inherit; padding: 4px 16px; min-width: 5em; }`;

/**
 * Draws `data` = { panels, samples, colors }. A curve's points are [step, mean, least, greatest] of a stretch of steps, null
 * where nothing was measured: the faint line goes through least and greatest, the bold one is the smoothed mean.
 */
export const REPORT_SCRIPT = `
const { panels, samples, colors } = data;
const byId = (id) => document.getElementById(id);
const dark = matchMedia('(prefers-color-scheme: dark)');
const FEW = 40; // points that are drawn as dots, and not smoothed

/** Exponential moving average with normalised weights, as TensorBoard has it. */
function smooth(points, keep) {
  let sum = 0, weight = 0;
  return points.map((point) => {
    if (!point) return null;
    sum = keep * sum + (1 - keep) * point[1];
    weight = keep * weight + (1 - keep);
    return [point[0], sum / weight];
  });
}

function seriesOf({ name, points }, color, keep) {
  const line = { name, type: 'line', color, symbolSize: 5, emphasis: { disabled: true } };
  const measured = points.filter((point) => point);
  if (measured.length <= FEW)
    return [{ ...line, data: points.map((point) => point && [point[0], point[1]]), showSymbol: true, connectNulls: true }];
  const extremes = points.flatMap((point) => (point ? [[point[0], point[2]], [point[0], point[3]]] : [null]));
  return [
    { ...line, data: extremes, showSymbol: false, silent: true, z: 2, tooltip: { show: false }, lineStyle: { width: 1, opacity: 0.22 } },
    { ...line, data: smooth(points, keep), showSymbol: false, z: 3, lineStyle: { width: 2 } },
  ];
}

function optionOf({ range, curves }, log, keep) {
  // A logarithm has no place for what is not above 0: of the extremes some are left out, of the means none.
  const positive = curves.every(({ points }) => points.every((point) => !point || point[1] > 0));
  const type = log && !range && positive ? 'log' : 'value';
  const palette = dark.matches ? colors.dark : colors.light;
  const series = curves.flatMap((curve, i) => seriesOf(curve, palette[i % palette.length], keep));
  if (type === 'log') for (const one of series) one.data = one.data.map((point) => (point && point[1] > 0 ? point : null));
  const ink = dark.matches ? '#ddd' : '#333';
  const words = { color: ink, fontSize: 12 };
  const short = (value) => (typeof value === 'number' ? String(Number(value.toPrecision(4))) : '–');
  return {
    animation: false,
    backgroundColor: 'transparent',
    grid: { left: 8, right: 16, top: 34, bottom: 26, containLabel: true },
    legend: { data: curves.map(({ name }) => name), left: 0, top: 4, icon: 'roundRect', itemHeight: 4, textStyle: words },
    tooltip: { trigger: 'axis', confine: true, valueFormatter: short, order: 'seriesAsc' },
    xAxis: {
      type: 'value', min: 0, max: 'dataMax', name: 'step', nameLocation: 'middle', nameGap: 26, nameTextStyle: words,
      splitLine: { show: false }, axisLabel: { ...words, hideOverlap: true },
    },
    yAxis: {
      type, scale: true, min: range ? range[0] : null, max: range ? range[1] : null,
      axisLabel: { ...words, formatter: (value) => short(value) }, splitLine: { lineStyle: { color: ink, opacity: 0.15 } },
    },
    series,
  };
}

let charts = [];
const smoothing = byId('smoothing'), log = byId('log');
const update = () => charts.forEach((chart, i) => chart.setOption(optionOf(panels[i], log.checked, Number(smoothing.value)), true));
function draw() {
  for (const chart of charts) chart.dispose();
  charts = panels.map((_, i) => echarts.init(byId('chart-' + i), dark.matches ? 'dark' : null));
  update();
}
if (panels.length > 0) {
  smoothing.addEventListener('input', () => {
    byId('smoothing-value').textContent = Number(smoothing.value).toFixed(2);
    update();
  });
  log.addEventListener('change', update);
  dark.addEventListener('change', draw);
  addEventListener('resize', () => { for (const chart of charts) chart.resize(); });
  draw();
}

const slider = byId('sample');
if (slider) {
  const play = byId('play'), image = byId('sample-image');
  const show = (i) => {
    slider.value = i;
    image.src = samples[i].src;
    image.alt = 'Samples after step ' + samples[i].step;
    byId('sample-step').textContent = samples[i].step;
    slider.setAttribute('aria-valuetext', 'step ' + samples[i].step);
  };
  let timer = null;
  const pause = () => { clearInterval(timer); timer = null; play.textContent = 'Play'; };
  const next = () => (Number(slider.value) + 1 < samples.length ? show(Number(slider.value) + 1) : pause());
  play.addEventListener('click', () => {
    if (timer !== null) return pause();
    if (Number(slider.value) + 1 === samples.length) show(0);
    timer = setInterval(next, Math.max(60, Math.min(400, 6000 / samples.length)));
    play.textContent = 'Pause';
  });
  slider.addEventListener('input', () => { pause(); show(Number(slider.value)); });
  // Anywhere on the page, unless another control has the focus.
  addEventListener('keydown', ({ key, target }) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[key];
    if (!by || target !== document.body) return;
    pause();
    show(Math.max(0, Math.min(samples.length - 1, Number(slider.value) + by)));
  });
  show(samples.length - 1);
}`;
