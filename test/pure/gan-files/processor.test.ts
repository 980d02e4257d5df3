import { nameProcessor } from '../../../packages/gan/src/files/processor.ts';

const X86 = `processor\t: 0
vendor_id\t: AuthenticAMD
cpu family\t: 25
model\t\t: 1
model name\t: AMD EPYC
stepping\t: 1
`;

it('tells processors of one brand apart', () => {
  expect(nameProcessor('AMD EPYC ', X86)).toBe('AMD EPYC (family 25, model 1)');
});

it.each([
  ['Apple M2', '', 'Apple M2'],
  ['ARMv8', 'processor\t: 0\nmodel name\t: ARMv8\n', 'ARMv8'],
  [undefined, undefined, 'unknown'],
])('takes the name %j alone where nothing is beside it', (name, info, expected) => {
  expect(nameProcessor(name, info)).toBe(expected);
});
