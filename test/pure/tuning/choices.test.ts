/** Which rung is taken, who says so, and what is remembered of it. */
import { type Candidate, candidate } from '@ganvas/kernels-wgsl';
import { type Choice, type DeviceTraits, explainChoices, matmul, pinsOf, rankCandidates, zeros } from '@ganvas/tensor';
import { Choices } from '../../../packages/tensor/src/tuning/choices.ts';
import { fakeDevice } from '../compile/fake-device.ts';
import { record } from '../compile/record.ts';

const KEY = 'matmul [64,128]';
const built: string[] = [];
/** A rung that needs so many invocations a workgroup. */
const rung = (name: string, invocations = 1): Candidate =>
  candidate(name, '', () => {
    built.push(name);
    const cost = { flops: 0, bytes: 0 };
    const kernel = { name, code: '', bindings: [], workgroups: [1, 1, 1], cost, requires: { invocations } };
    return { stages: [{ kernel: { ...kernel, workgroups: [1, 1, 1] }, slots: [] }] };
  });
const ladder = [rung('a'), rung('b'), rung('c'), rung('huge', 1000)];

const traits = (choices: Choices): DeviceTraits => ({ ...fakeDevice().traits, choices });
const ranked = (choices: Choices) => rankCandidates(KEY, ladder, traits(choices)).map(({ name }) => name);

describe('rankCandidates', () => {
  it("follows the family's order, without those that the device refuses", () => {
    expect(ranked(new Choices())).toEqual(['a', 'b', 'c']);
  });

  it('prefers the shipped table to the order, a tuned rung to both, and a pinned one to all', () => {
    const choices = new Choices({ shipped: { [KEY]: 'b' }, tuned: {} });
    expect(ranked(choices)).toEqual(['b', 'a', 'c']);
    const tuned = new Choices({ shipped: { [KEY]: 'b' }, tuned: { [KEY]: 'c' } });
    expect(ranked(tuned)).toEqual(['c', 'b', 'a']);
    tuned.pin({ [KEY]: 'a' });
    expect(ranked(tuned)).toEqual(['a', 'c', 'b']);
  });

  it('passes over a rung that is unknown, refused, or of another key', () => {
    const choices = new Choices({ shipped: { [KEY]: 'c', other: 'b' }, tuned: { [KEY]: 'huge' } });
    choices.pin({ [KEY]: 'gone' });
    expect(ranked(choices)).toEqual(['c', 'a', 'b']);
  });
});

describe('the compiler', () => {
  const compiled = (choices: Choices) => {
    const device = fakeDevice();
    const { program } = record(() => matmul(zeros([64, 100], { device }), zeros([100, 64], { device })));
    Object.assign(device.traits, { choices });
    return device.compile(program).choices.map(({ rung, source }) => ({ rung, source }));
  };
  const key = 'matmul [64,128] [128,64] transposeA=false transposeB=false';
  const problem = 'matmul [64,100] [100,64] transposeA=false transposeB=false';

  it('takes what is preferred for the key, and says why', () => {
    const [byOrder] = compiled(new Choices());
    expect(byOrder!.source).toBe('order');
    const shipped = new Choices({ shipped: { [key]: '0-naive' } });
    expect(compiled(shipped)).toEqual([{ rung: '0-naive', source: 'shipped' }]);
    shipped.pin({ [problem]: '2-register-tile' });
    expect(compiled(shipped)).toEqual([{ rung: '2-register-tile', source: 'pinned' }]);
    shipped.pin({ [key]: '2-register-tile' }); // of the class, which is not this problem
    expect(compiled(shipped)).toEqual([{ rung: '0-naive', source: 'shipped' }]);
  });

  it('writes no WGSL but that of the rung it takes', () => {
    const device = fakeDevice();
    built.length = 0;
    const { program } = record(() => matmul(zeros([4, 4], { device }), zeros([4, 4], { device })));
    for (const node of program.nodes)
      if (node.op.name === 'matmul')
        node.op = {
          ...node.op,
          lower: () => ({ kind: 'kernels', candidates: () => [rung('x'), rung('y'), rung('z')] }),
        };
    const small = 'matmul [4,4] [4,4] transposeA=false transposeB=false';
    Object.assign(device.traits, { choices: new Choices({ tuned: { [small]: 'y' } }) });
    expect(device.compile(program).choices[0]!.rung).toBe('y');
    expect(built).toEqual(['y']);
  });

  it('has its choices remembered by the device, each once', () => {
    const device = fakeDevice();
    const { program } = record(() => matmul(zeros([64, 100], { device }), zeros([100, 64], { device })));
    device.compile(program);
    device.compile(program);
    expect(device.choices()).toMatchObject([{ problem, key, source: 'order' }]);
  });
});

const choice = (problem: string, name: string, source: Choice['source'], candidates: string[]): Choice => ({
  ...{ problem, key: problem, rung: name, source, candidates },
});

it('explainChoices prints what there was a choice of, a problem a line', () => {
  const choices = [
    choice('sum [8]', '1-vec4', 'tuned', ['1-vec4', '0-serial']),
    choice('adam [8]', 'adam', 'order', ['adam']),
    choice('matmul [8,8]', '2-register-tile', 'pinned', ['2-register-tile', '0-naive', '1-vec4']),
  ];
  expect(explainChoices(choices).split('\n')).toEqual([
    'rung             chosen by          of  kernel work',
    '2-register-tile  pinned by the run  3   matmul [8,8]',
    '1-vec4           tuned here         2   sum [8]',
  ]);
});

it('pinsOf gives back what was chosen', () => {
  const choices = [choice('sum [8]', 'b', 'order', ['a', 'b']), choice('adam [8]', 'adam', 'order', ['adam'])];
  expect(pinsOf(choices)).toEqual({ 'sum [8]': 'b', 'adam [8]': 'adam' });
});
