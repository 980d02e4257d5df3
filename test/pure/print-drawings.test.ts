import { adam, grad, nn } from '@ganvas/autograd';
import { Rng } from '@ganvas/kernels-wgsl';
import {
  compile,
  drawPlan,
  drawProgram,
  full,
  neg,
  type Plan,
  type Program,
  setDefaultDevice,
  tensor,
} from '@ganvas/tensor';
import { renderSvg } from '../../bench/svg.ts';
import { plannedValues } from '../../packages/tensor/src/compile/plan-values.ts';
import { fakeDevice } from './compile/fake-device.ts';
import { record } from './compile/record.ts';

const device = fakeDevice();
beforeAll(() => setDefaultDevice(device));
afterAll(() => setDefaultDevice(null));

/** Everything a training step has: constants, a composite op, an optimiser that writes to state. */
function trainingStep() {
  const rng = new Rng(1);
  const net = nn.sequential({
    conv: nn.conv2d(1, 4, { rng, kernel: 3, stride: 2, padding: 1 }),
    norm: nn.batchNorm2d(4, { rng }),
    relu: nn.leakyRelu(0.2),
    flat: nn.flatten,
    out: nn.linear(16, 1, { rng }),
  });
  const parameters = Object.values(net.parameters);
  const optimizer = adam(parameters);
  const x = tensor(rng.normals(32), [2, 4, 4, 1]);
  return record(() => {
    const loss = nn.bceWithLogits(net.forward(x), 1);
    optimizer.step(grad(loss, parameters));
    return loss;
  }).program;
}

const count = (svg: string, kind: 'node' | 'edge') => svg.split(`class="${kind}"`).length - 1;
/** The texts of a drawing, a string a line of a label. */
const texts = (svg: string) => Array.from(svg.matchAll(/<text [^>]*>([^<]*)<\/text>/g), (m) => plain(m[1]!));
const plain = (text: string) =>
  text.replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code))).replaceAll('&quot;', '"');

describe('a program', () => {
  let program: Program;
  beforeAll(() => {
    program = trainingStep();
  });

  it('is drawn with every op, every memory and every edge', async () => {
    const svg = await renderSvg(drawProgram(program));
    const { nodes, values } = program;
    const constants = new Set(nodes.flatMap((n) => (n.op.lazy ? n.outputs : [])));
    const read = nodes.flatMap((n) => [...n.inputs, ...(n.meaning ?? [])]);
    const written = nodes.flatMap((n) => n.op.writes ?? []).length;
    // Memory and constants are drawn at each use.
    const uses = read.filter((id) => values[id]!.memory !== null || constants.has(id)).length;
    expect(constants.size).toBeGreaterThan(0);
    expect(count(svg, 'node')).toBe(nodes.length - constants.size + uses + written);
    expect(count(svg, 'edge')).toBe(read.length + written);
    const drawn = texts(svg);
    for (const { op } of nodes) expect(drawn.map((text) => text.split(' ')[0])).toContain(op.name);
    for (const name of ['batchNorm', 'adam', '[2,4,4,1]']) expect(drawn).toContain(name);
    const memories = read.filter((id) => values[id]!.memory !== null).length + written;
    expect(drawn.filter((text) => /^memory \d+$/.test(text))).toHaveLength(memories);
  });

  it('has the attributes as tooltips, whatever is in them', async () => {
    const svg = await renderSvg(drawProgram(program));
    expect(svg).toContain('{&quot;stride&quot;:[2,2],&quot;padding&quot;:[[1,1],[1,1]]}');
    const [first, ...others] = program.nodes;
    const strange = { ...first!, op: { ...first!.op, name: 'a"b\\c' } };
    expect(texts(await renderSvg(drawProgram({ ...program, nodes: [strange, ...others] })))).toContain('a"b\\c');
  });
});

describe('a plan', () => {
  let plan: Plan;
  beforeAll(() => {
    plan = compile(trainingStep(), device.traits);
  });

  it('is drawn with every dispatch, every value and every binding', async () => {
    const svg = await renderSvg(drawPlan(plan));
    const values = plannedValues(plan).flat();
    const ends = values.flatMap(({ read, written }) => [read, written].filter((name) => name !== null));
    const lost = values.filter(({ read, replaced }) => replaced !== null && read === null);
    const names = new Set(ends);
    const planned = [...names].filter((name) => name.startsWith('#'));
    const external = ends.filter((name) => name.startsWith('%'));
    expect(count(svg, 'node')).toBe(plan.dispatches.length + planned.length + external.length);
    expect(lost.length).toBeGreaterThan(0);
    expect(count(svg, 'edge')).toBe(ends.length + lost.length);
    const drawn = texts(svg);
    for (const name of names) expect(drawn).toContain(name);
    for (const [i, { kernel }] of plan.dispatches.entries()) expect(drawn).toContain(`${i} ${kernel.name}`);
  });

  it('shows where the time goes', () => {
    const shares = plan.dispatches.map((_, i) => (i === 1 ? 0.5 : 0));
    const lines = drawPlan(plan, shares).split('\n');
    expect(lines.find((line) => line.startsWith('  d1 ['))).toMatch(/fillcolor="0\.04 1\.000 1\.000".*, 50\.0%"/);
    expect(lines.find((line) => line.startsWith('  d0 ['))).toMatch(/fillcolor="0\.04 0\.000 1\.000".*, 0%"/);
  });
});

it('keeps what a program passes on, and the constants that it returns', async () => {
  const x = tensor([1, 2]);
  const { program } = record(() => [x, full([3], 0.5), neg(x)]);
  const svg = await renderSvg(drawProgram(program));
  expect(
    texts(svg)
      .filter((text) => /^(fill 0\.5|neg|memory \d+)$/.test(text))
      .sort(),
  ).toEqual(['fill 0.5', 'memory 0', 'memory 0', 'neg']);
  expect(drawProgram(program).match(/peripheries="2"/g)).toHaveLength(3); // the memory that neg reads has a single border
});
