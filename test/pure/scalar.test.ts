import {
  applyScalar,
  constant,
  countOps,
  evaluate,
  literal,
  operand,
  render,
  SCALAR_OPS,
  share,
  substitute,
  typeOf,
  type WgslScalar,
} from '@ganvas/kernels-wgsl';

const f32 = (): WgslScalar => 'f32';
const context = (width: 1 | 4, type = f32) => ({
  width,
  prefix: 't',
  operand: (index: number) => ({ name: `x${index}`, type: type() }),
});

describe('expressions', () => {
  const difference = applyScalar('sub', operand(0), operand(1));
  const shared = applyScalar('mul', difference, difference);

  it('evaluate in float64', () => {
    expect(evaluate(shared, (i) => [5, 2][i]!)).toBe(9);
    expect(evaluate(applyScalar('where', constant(0), operand(0), constant(4)), () => 1)).toBe(4);
  });

  it('render one named op a line, common parts once', () => {
    expect(render([shared, difference], context(1))).toEqual({
      lines: ['let t0 = x0 - x1; // sub', 'let t1 = t0 * t0; // mul'],
      results: ['t1', 't0'],
    });
    expect(countOps([shared, difference])).toBe(2);
  });

  it('render constants in the type and width of their neighbours', () => {
    const plus = applyScalar('add', operand(0), constant(2));
    expect(render([plus], context(4)).lines).toEqual(['let t0 = x0 + vec4f(2.0f); // add']);
    expect(
      render(
        [plus],
        context(1, () => 'u32'),
      ).lines,
    ).toEqual(['let t0 = x0 + u32(2u); // add']);
    expect(
      render(
        [applyScalar('toF32', operand(0))],
        context(4, () => 'u32'),
      ).lines,
    ).toEqual(['let t0 = vec4f(x0); // toF32']);
  });

  it('know their type', () => {
    const unsigned = (): WgslScalar => 'u32';
    expect(typeOf(applyScalar('add', constant(1), operand(0)), unsigned)).toBe('u32');
    expect(typeOf(applyScalar('less', operand(0), operand(1)), unsigned)).toBe('f32');
    expect(
      typeOf(applyScalar('where', applyScalar('less', operand(0), operand(1)), operand(0), constant(0)), unsigned),
    ).toBe('u32');
  });

  it('sharing makes equal parts one, and changes no value', () => {
    const twice = () => applyScalar('mul', applyScalar('exp', operand(0)), constant(2));
    const expr = applyScalar('sub', twice(), applyScalar('add', twice(), operand(1)));
    expect(countOps([expr])).toBe(6);
    expect(countOps(share([expr]))).toBe(4);
    const at = (i: number) => [0.3, 7][i]!;
    expect(evaluate(share([expr])[0]!, at)).toBe(evaluate(expr, at));
    const zeros = applyScalar('add', constant(0), constant(-0));
    expect(Object.is(evaluate(share([zeros])[0]!, at), evaluate(zeros, at))).toBe(true);
  });

  it('substitution keeps shared nodes shared', () => {
    const replaced = substitute(shared, (i) => (i === 0 ? applyScalar('exp', operand(1)) : operand(0)));
    expect(countOps([replaced])).toBe(3);
    expect(evaluate(replaced, (i) => [1, 0][i]!)).toBe(0);
  });
});

describe('literals', () => {
  it('are exact for what f32 holds', () => {
    for (const value of [0, 1, -1.5, 0.1, 1e-8, 1e-45, 3e38, 1e21, -1e-7]) {
      const text = literal(value, 'f32');
      expect(text).toMatch(/^-?\d+(\.\d+)?(e[+-]?\d+)?f$/);
      expect(Math.fround(Number(text.slice(0, -1)))).toBe(Math.fround(value));
    }
    expect(literal(7, 'u32')).toBe('7u');
    expect(literal(-7, 'i32')).toBe('-7i');
  });

  it('say what cannot be written', () => {
    expect(() => literal(0.5, 'u32')).toThrow('literal: expected a whole number for u32, got 0.5');
    expect(() => literal(1e39, 'f32')).toThrow('literal: 1e+39 has no WGSL literal of type f32');
    expect(() => literal(Number.NaN, 'f32')).toThrow('NaN');
  });
});

it('every scalar op takes as many arguments as it says', () => {
  for (const [name, op] of Object.entries(SCALAR_OPS)) {
    const names = Array.from({ length: op.arity }, (_, i) => `arg${i}`);
    const text = op.wgsl(names, String, String);
    for (const arg of names) expect([name, text]).toEqual([name, expect.stringContaining(arg)]);
  }
});

describe('in float64', () => {
  const at = (op: keyof typeof SCALAR_OPS, ...args: number[]) =>
    evaluate(applyScalar(op, ...args.map((_, i) => operand(i))), (i) => args[i]!);

  it('round takes ties to the even number', () => {
    const ties = [-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 0.49999999999999994, 3.2, -3.7];
    expect(ties.map((x) => at('round', x) + 0)).toEqual([-2, -2, 0, 0, 2, 2, 0, 3, -4]);
  });

  it('NaN goes through extremes, and is found', () => {
    for (const op of ['maximum', 'minimum'] as const) {
      expect(at(op, Number.NaN, 1)).toBeNaN();
      expect(at(op, 1, Number.NaN)).toBeNaN();
    }
    expect(at('relu', Number.NaN)).toBeNaN();
    expect(at('notEqual', Number.NaN, Number.NaN)).toBe(1);
    expect([1, Infinity, Number.NaN].map((x) => [at('isNaN', x), at('isFinite', x)])).toEqual([
      [0, 1],
      [0, 0],
      [1, 0],
    ]);
  });

  it('rem has the sign of what is divided', () => {
    expect([at('rem', 7, 3), at('rem', -7, 3), at('rem', 7, -3)]).toEqual([1, -1, 1]);
  });
});
