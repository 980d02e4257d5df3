import { CASES } from '../../../bench/cases.ts';
import { UsageError } from '../../../bench/options.ts';
import { PROFILE_HELP, parseProfileCommand } from '../../../bench/profile-options.ts';

it('takes dcgan in any size', () => {
  expect(parseProfileCommand(['dcgan'])).toEqual({
    case: expect.objectContaining({ problem: { op: 'dcgan', size: 28, width: 64, batch: 64 } }),
    ...{ runs: 5, adapter: 'auto', unsafe: false, plan: false, json: null, trace: null, svg: null, planSvg: null },
  });
  const small = parseProfileCommand(['dcgan', '--size', '32', '--width=8', '--batch', '2', '--runs', '1'])!;
  expect(small).toMatchObject({ case: { name: 'dcgan 32x32 w8 b2' }, runs: 1 });
  expect(CASES.map((c) => c.name)).toContain(parseProfileCommand(['dcgan'])!.case.name);
});

it('takes the conditional GANs in any size as well, by the defaults of each', () => {
  const problemOf = (...args: string[]) => parseProfileCommand(args)!.case.problem;
  expect(problemOf('cgan')).toEqual({ op: 'cgan', size: 28, width: 64, batch: 64 });
  expect(problemOf('acgan')).toEqual({ op: 'acgan', size: 28, width: 32, batch: 100 });
  expect(problemOf('acgan', '--size', '20', '--batch=4')).toEqual({ op: 'acgan', size: 20, width: 32, batch: 4 });
  for (const name of ['cgan', 'acgan'])
    expect(CASES).toContainEqual(expect.objectContaining({ problem: problemOf(name) }));
});

it('takes a case of the suite by its name, or by a part that no other has', () => {
  for (const testCase of CASES) expect(parseProfileCommand([testCase.name])!.case).toBe(testCase);
  expect(parseProfileCommand(['batch-norm-GRAD'])!.case.name).toBe('batch-norm-grad 64x14x14x64');
});

it('has a line of help for every flag', () => {
  expect(parseProfileCommand(['--help'])).toBeNull();
  const flags = { json: 'a', trace: 'b', svg: 'c', 'plan-svg': 'd', adapter: 'e', runs: '2' };
  const args = Object.entries(flags).flatMap(([flag, value]) => [`--${flag}`, value]);
  expect(parseProfileCommand(['sum', '--unsafe', '--plan', ...args])).toMatchObject({
    ...{ case: { name: 'sum 4M' }, unsafe: true, plan: true, runs: 2 },
    ...{ json: 'a', trace: 'b', svg: 'c', planSvg: 'd', adapter: 'e' },
  });
  for (const flag of [...Object.keys(flags), 'unsafe', 'plan', 'size', 'width', 'batch', 'help'])
    expect(PROFILE_HELP).toMatch(new RegExp(`^  --${flag} `, 'm'));
});

it.each([
  [[], 'profile: expected one CASE, got none (--help lists them; quote a name with spaces)'],
  [['a', 'b'], 'profile: expected one CASE, got "a" and "b" (--help lists them; quote a name with spaces)'],
  [['tensorflow'], /^profile: no case "tensorflow"; there is dcgan, cgan, acgan, matmul 256x256x256, /],
  [
    ['conv2d 64'],
    'profile: "conv2d 64" is a part of several cases: conv2d 64x14x14x64-7x7x128, conv2d 64x28x28x1-14x14x64',
  ],
  [['dcgan', '--runs', '0'], 'profile: --runs expects a whole number from 1, got "0"'],
  [['dcgan', '--batch', 'many'], 'profile: --batch expects a whole number from 1, got "many"'],
  [['dcgan', '--size', '30'], 'profile: --size expects 28, or a power of two from 16, got 30'],
  [['acgan', '--size', '30'], 'profile: --size of acgan expects a multiple of 4 from 20, got 30'],
  [['sum', '--batch', '2'], 'profile: --batch goes with dcgan, cgan and acgan alone, got "sum"'],
  [['dcgan', '--fast'], /^profile: Unknown option '--fast'.* \(npm run profile -- --help lists the options\)$/],
])('%j is a mistake in one line', (args, message) => {
  expect(() => parseProfileCommand(args)).toThrow(UsageError);
  expect(() => parseProfileCommand(args)).toThrow(message);
});
