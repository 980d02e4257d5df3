/** The report's script, run without a browser: elements that only remember what was done to them. */
import { createContext, runInContext } from 'node:vm';
import { renderReport } from '../../../packages/gan/src/files/report.ts';

interface Series {
  name: string;
  data: ([number, number] | null)[];
}
interface Option {
  yAxis: { type: string; min: number | null };
  series: Series[];
}

class FakeElement {
  value = '';
  checked = false;
  textContent = '';
  src = '';
  alt = '';
  attributes: Record<string, string> = {};
  #listeners: Record<string, (event: object) => void> = {};
  setAttribute(name: string, value: string) {
    this.attributes[name] = value;
  }
  addEventListener(name: string, listener: (event: object) => void) {
    this.#listeners[name] = listener;
  }
  fire(name: string, event: object = {}) {
    this.#listeners[name]!(event);
  }
}

const metrics = Array.from({ length: 200 }, (_, i) => ({
  step: i + 1,
  lossD: i === 100 ? Number.NaN : 2 + (i % 2),
  lossG: 1 / (i + 1),
  dReal: 0.8,
  slope: (i % 3) - 1,
}));
const samples = [10, 20, 30].map((step) => ({ step, png: Buffer.from(`grid ${step}`) }));
const srcOf = (step: number) => `data:image/png;base64,${Buffer.from(`grid ${step}`).toString('base64')}`;

function openPage() {
  const judged = [50, 100].map((step) => ({ step, score: step / 10 }));
  const page = renderReport({ title: 't', config: {}, environment: {}, metrics, judged, samples, notes: [] });
  const ids = Array.from(page.matchAll(/id="([^"]+)"/g), (m) => m[1]!);
  const elements = Object.fromEntries(ids.map((id) => [id, new FakeElement()]));
  elements.smoothing!.value = '0.9';
  elements.sample!.value = '2';
  const scheme = Object.assign(new FakeElement(), { matches: false });
  const window = new FakeElement();
  const body = {};
  const drawn: Record<string, { option: Option; theme: string | null }> = {};
  const init = (element: FakeElement, theme: string | null) => {
    const id = ids.find((name) => elements[name] === element)!;
    return {
      setOption: (option: Option) => {
        drawn[id] = { option, theme };
      },
      dispose: () => delete drawn[id],
      resize: () => {},
    };
  };
  let tick: (() => void) | null = null;
  runInContext(
    /<script>\n(const data[\s\S]*)\n<\/script>/.exec(page)![1]!,
    createContext({
      document: { getElementById: (id: string) => elements[id] ?? null, body },
      matchMedia: () => scheme,
      addEventListener: window.addEventListener.bind(window),
      echarts: { init },
      setInterval: (f: () => void) => {
        tick = f;
        return 1;
      },
      clearInterval: () => {
        tick = null;
      },
    }),
  );
  const seriesOf = (id: string, name: string) => drawn[id]!.option.series.filter((s) => s.name === name);
  return { elements, scheme, window, body, drawn, seriesOf, tick: () => tick?.(), playing: () => tick !== null };
}

describe('the curves of the page', () => {
  it('are faint as measured and bold when smoothed, with gaps where nothing was measured', () => {
    const { seriesOf, elements } = openPage();
    const [faint, bold] = seriesOf('chart-0', 'loss D');
    expect(faint!.data).toHaveLength(2 * 199 + 1);
    expect(bold!.data).toHaveLength(200);
    expect([bold!.data[100], bold!.data[0]]).toEqual([null, [1, 2]]);
    // Of 2, 3, 2, 3, ... the mean, but for what 0.9 leaves of the ripple.
    expect(Math.abs(bold!.data[199]![1] - 2.5)).toBeLessThan(0.05);
    elements.smoothing!.value = '0';
    elements.smoothing!.fire('input');
    expect(seriesOf('chart-0', 'loss D')[1]!.data.slice(0, 3)).toEqual([
      [1, 2],
      [2, 3],
      [3, 2],
    ]);
    expect(elements['smoothing-value']!.textContent).toBe('0.00');
  });

  it('have a logarithmic scale where they can', () => {
    const { elements, drawn } = openPage();
    const types = () => Object.values(drawn).map(({ option }) => option.yAxis.type);
    expect(types()).toEqual(['value', 'value', 'value', 'value']);
    elements.log!.checked = true;
    elements.log!.fire('change');
    // Loss, D's answer (its range is given), slope (not above 0), score.
    expect(types()).toEqual(['log', 'value', 'value', 'log']);
  });

  it('are few points as dots, without smoothing', () => {
    const { seriesOf } = openPage();
    expect(seriesOf('chart-3', 'score').map(({ data }) => data)).toEqual([
      [
        [50, 5],
        [100, 10],
      ],
    ]);
  });

  it('change with the colours of the system', () => {
    const { scheme, drawn } = openPage();
    scheme.matches = true;
    scheme.fire('change');
    expect(Object.values(drawn).map(({ theme }) => theme)).toEqual(['dark', 'dark', 'dark', 'dark']);
  });
});

describe('the samples of the page', () => {
  const shown = ({ elements }: ReturnType<typeof openPage>) =>
    [
      ...[elements['sample-image']!.src, elements['sample-image']!.alt],
      ...[elements['sample-step']!.textContent, elements.sample!.attributes['aria-valuetext']],
    ].map(String);
  const saying = (step: number) => [srcOf(step), `Samples after step ${step}`, String(step), `step ${step}`];

  it('begin with the last, and follow the slider and the arrow keys', () => {
    const page = openPage();
    expect(shown(page)).toEqual(saying(30));
    page.elements.sample!.value = '0';
    page.elements.sample!.fire('input');
    expect(shown(page)).toEqual(saying(10));
    const press = (key: string, target: object = page.body) => page.window.fire('keydown', { key, target });
    press('ArrowLeft');
    expect(shown(page)).toEqual(saying(10));
    press('ArrowRight');
    expect(shown(page)).toEqual(saying(20));
    // Another control has the focus, or it is another key.
    press('ArrowRight', {});
    press('ArrowUp');
    expect(shown(page)).toEqual(saying(20));
  });

  it('play from the first to the last, and stop', () => {
    const page = openPage();
    page.elements.play!.fire('click');
    expect([shown(page), page.elements.play!.textContent]).toEqual([saying(10), 'Pause']);
    page.tick();
    page.tick();
    expect([shown(page), page.playing()]).toEqual([saying(30), true]);
    page.tick();
    expect([shown(page), page.playing(), page.elements.play!.textContent]).toEqual([saying(30), false, 'Play']);
  });

  it('pause where they are told to', () => {
    const page = openPage();
    page.elements.play!.fire('click');
    page.tick();
    page.elements.play!.fire('click');
    expect([shown(page), page.playing()]).toEqual([saying(20), false]);
  });
});
