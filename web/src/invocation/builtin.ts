/** The built-in functions of WGSL that our kernels call, component by component unless they say otherwise. */
import { each, NotInterpreted, pair, round, type Value, type WgslType } from './value.ts';

interface Builtin {
  type(types: readonly WgslType[]): WgslType;
  run(values: readonly Value[]): Value;
}

const floats = (f: (...parts: number[]) => number): Builtin => ({
  type: (types) => ({ of: 'f32', width: Math.max(...types.map((t) => t.width)) }),
  run: (values) => each((...parts) => Math.fround(f(...parts)), ...values),
});
/** The result has the type of the arguments; what it is made of is exact. */
const same = (f: (...parts: number[]) => number): Builtin => ({
  type: (types) => ({
    of: types.find((t) => t.of !== 'abstract')?.of ?? 'abstract',
    width: Math.max(...types.map((t) => t.width)),
  }),
  run: (values) => each(f, ...values),
});
const truth = (f: (parts: readonly Value[]) => boolean): Builtin => ({
  type: () => ({ of: 'bool', width: 1 }),
  run: ([value]) => (f(typeof value === 'number' ? [value] : value!) ? 1 : 0),
});

const BUILTINS: Readonly<Record<string, Builtin>> = {
  abs: same(Math.abs),
  all: truth((parts) => parts.every((p) => p !== 0)),
  any: truth((parts) => parts.some((p) => p !== 0)),
  ceil: floats(Math.ceil),
  clamp: same((x, low, high) => Math.min(Math.max(x!, low!), high!)),
  cos: floats(Math.cos),
  dot: {
    type: ([x]) => ({ of: x!.of, width: 1 }),
    run: ([x, y]) => {
      const products = each((a, b) => Math.fround(a! * b!), x!, y!);
      return (products as number[]).reduce((sum, p) => Math.fround(sum + p));
    },
  },
  exp: floats(Math.exp),
  floor: floats(Math.floor),
  fma: floats((x, y, z) => x! * y! + z!),
  log: floats(Math.log),
  max: { ...same(Math.max), run: ([x, y]) => pair(Math.max, x!, y!) },
  min: { ...same(Math.min), run: ([x, y]) => pair(Math.min, x!, y!) },
  mix: floats((x, y, t) => Math.fround(x! * Math.fround(1 - t!)) + Math.fround(y! * t!)),
  select: {
    type: ([x, y]) => (x!.of === 'abstract' ? y! : x!),
    run: ([x, y, chosen]) =>
      typeof chosen === 'number' ? (chosen ? y! : x!) : each((a, b, c) => (c ? b! : a!), x!, y!, chosen!),
  },
  sign: same(Math.sign),
  sin: floats(Math.sin),
  sqrt: floats(Math.sqrt),
  tanh: floats(Math.tanh),
};

/** @throws NotInterpreted */
export function builtin(name: string): Builtin {
  const found = BUILTINS[name];
  if (!found) throw new NotInterpreted(reason(name));
  return found;
}

function reason(name: string): string {
  if (name.startsWith('subgroup'))
    return `${name}: the lanes of a subgroup run as one, and how many there are is the adapter's affair`;
  if (name.startsWith('atomic')) return `${name}: its result depends on the order in which invocations come`;
  return `the function ${name}`;
}

const WORDS = new DataView(new ArrayBuffer(4));

/** The same 32 bits as another type. */
export function bitcast(from: WgslType, to: WgslType): (value: Value) => Value {
  return (value) =>
    each((x) => {
      if (from.of === 'f32') WORDS.setFloat32(0, x!);
      else WORDS.setUint32(0, x! >>> 0);
      return to.of === 'f32' ? WORDS.getFloat32(0) : round(to.of, WORDS.getUint32(0));
    }, value);
}
