/**
 * The catalogue of kernels, and its gallery: what packages/kernels-wgsl/gallery holds is what the kernels generate.
 * `UPDATE_GALLERY=1 npm test -- --testPathPatterns pure/gallery` writes it anew.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type AdapterClass,
  CATALOGUE,
  type KernelFamily,
  keepMeasured,
  renderGallery,
  ShapeTextError,
  slotElements,
} from '@ganvas/kernels-wgsl';

const GALLERY = fileURLToPath(new URL('../../packages/kernels-wgsl/gallery', import.meta.url));
const ADAPTERS: AdapterClass[] = ['gpu', 'llvmpipe', 'swiftshader'];
const UPDATE = 'UPDATE_GALLERY=1 npm test -- --testPathPatterns pure/gallery';

const family = (name: string): KernelFamily => CATALOGUE.find((f) => f.name === name)!;
const everyCandidate = CATALOGUE.flatMap((f) =>
  f.shapes.flatMap((shape) =>
    ADAPTERS.flatMap((adapter) => {
      const problem = f.problem(shape);
      return problem.candidates(adapter).map((candidate) => ({ f, shape, adapter, problem, candidate }));
    }),
  ),
);

describe(`gallery (${UPDATE} writes it anew)`, () => {
  const found = (path: string): string | null =>
    existsSync(join(GALLERY, path)) ? readFileSync(join(GALLERY, path), 'utf8') : null;
  // A README's measurements are the benchmark's.
  const rendered = new Map(
    [...renderGallery(CATALOGUE)].map(([path, text]) => [
      path,
      keepMeasured(text, path.endsWith('.md') ? found(path) : null),
    ]),
  );
  if (process.env.UPDATE_GALLERY) {
    rmSync(GALLERY, { recursive: true, force: true });
    for (const [path, text] of rendered) {
      mkdirSync(dirname(join(GALLERY, path)), { recursive: true });
      writeFileSync(join(GALLERY, path), text);
    }
  }
  const files = readdirSync(GALLERY, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(GALLERY, join(entry.parentPath, entry.name)).replaceAll('\\', '/'));

  it('has a file for every rung and dispatch, and no other', () => {
    expect(files.sort()).toEqual([...rendered.keys()].sort());
  });

  it.each([...rendered.keys()])('%s is what its kernel generates', (path) => {
    expect(readFileSync(join(GALLERY, path), 'utf8')).toBe(rendered.get(path));
  });

  it('shows every rung that any class of adapter is offered', () => {
    const kernels = [...rendered.keys()].filter((path) => path.endsWith('.wgsl'));
    const shown = new Set(kernels.map((path) => path.replace(/(-\d)?\.wgsl$/, '')));
    const offered = everyCandidate.map(({ f, candidate }) => `${f.name}/${candidate.name}`);
    expect([...shown].sort()).toEqual([...new Set(offered)].sort());
  });
});

it("keeps a README's measurements, and only these", () => {
  const block = '<!-- measured:begin -->\n| $& | 3 ms |\n<!-- measured:end -->\n';
  const empty = '<!-- measured:begin -->\n<!-- measured:end -->\n';
  expect(keepMeasured(`# new\n\n${empty}`, `# old\n\n${block}old`)).toBe(`# new\n\n${block}`);
  expect(keepMeasured(`# new\n\n${empty}`, '# without any')).toBe(`# new\n\n${empty}`);
  expect(keepMeasured(`# new\n\n${empty}`, null)).toBe(`# new\n\n${empty}`);
});

describe('ladders', () => {
  it('say the idea of every rung, of the GEMM core in a kernel as well', () => {
    for (const { f, candidate } of everyCandidate) {
      expect(`${f.name}/${candidate.name}: ${candidate.idea}`).toMatch(/: [A-Z0-9].{30,}\.$/);
      if (!/^(conv2d|matmul)/.test(f.name)) continue;
      const codes = candidate.stages.map((s) => s.kernel.code.replaceAll('\n// ', ' '));
      expect(`${f.name}/${candidate.name} ${codes.some((code) => code.includes(candidate.idea))}`).toMatch(/true$/);
    }
  });

  it('numbers rungs, from 0, where a family has more than one', () => {
    for (const f of CATALOGUE) {
      const names = [...new Set(everyCandidate.filter((c) => c.f === f).map((c) => c.candidate.name))];
      if (names.length === 1) continue;
      expect(names.filter((name) => !/^\d+-[a-z]/.test(name))).toEqual([]);
      expect(`${f.name}: ${names.filter((name) => name.startsWith('0-')).length}`).toBe(`${f.name}: 1`);
    }
  });
});

describe('catalogue', () => {
  it('names each family once', () => {
    const names = CATALOGUE.map((f) => f.name);
    expect(new Set(names).size).toBe(names.length);
  });

  it('accounts for every buffer: what is bound has a size, and what has a size is bound', () => {
    for (const { problem, candidate } of everyCandidate) {
      const bound = candidate.stages.flatMap(({ kernel, slots }) => {
        expect(slots).toHaveLength(kernel.bindings.length);
        return slots.map((s) => {
          expect(slotElements(problem, candidate, s)).toBeGreaterThan(0);
          return `${s.kind} ${s.index}`;
        });
      });
      const sized = { input: problem.inputs, output: problem.outputs, temp: candidate.temps };
      const all = Object.entries(sized).flatMap(([kind, sizes]) => sizes.map((_, i) => `${kind} ${i}`));
      expect([...new Set(bound)].sort()).toEqual(all.sort());
    }
  });

  it('gives every shape after the first for a rung that those before it lack', () => {
    const rungsAt = (f: KernelFamily, shape: string) =>
      ADAPTERS.flatMap((adapter) => f.problem(shape).candidates(adapter)).map((c) => c.name);
    for (const f of CATALOGUE) {
      const seen = new Set<string>();
      for (const shape of f.shapes) {
        const fresh = rungsAt(f, shape).filter((name) => !seen.has(name));
        expect(`${f.name} ${shape}: ${fresh.length > 0}`).toBe(`${f.name} ${shape}: true`);
        for (const name of fresh) seen.add(name);
      }
    }
  });

  it('reads back the shapes that it writes', () => {
    for (const { f, problem, candidate, adapter } of everyCandidate) {
      const again = f.problem(problem.shape);
      expect(again.shape).toBe(problem.shape);
      const code = (candidates: typeof candidate | undefined) => candidates?.stages.map((s) => s.kernel.code);
      expect(code(again.candidates(adapter).find((c) => c.name === candidate.name))).toEqual(code(candidate));
    }
  });

  it('understands a shape: sizes of the buffers, defaults for what is left out', () => {
    const sizes = (name: string, shape: string) => {
      const { inputs, outputs } = family(name).problem(shape);
      return { inputs, outputs };
    };
    const conv = 'x=2x9x7x3,w=3x2x3x5,stride=2x1,padding=1x0x2x0';
    expect(family('conv2d').problem('stride=1').shape).toBe('x=64x14x14x64,w=4x4x64x128,stride=1,padding=1,dilation=1');
    // Rows: (9 + 1 + 0 - 3) / 2 + 1 = 4; columns: (7 + 2 + 0 - 2) / 1 + 1 = 8.
    expect(sizes('conv2d', conv)).toEqual({ inputs: [378, 90], outputs: [2 * 4 * 8 * 5] });
    expect(sizes('conv2d-input-grad', conv)).toEqual({ inputs: [320, 90], outputs: [378] });
    expect(sizes('conv2d-weight-grad', conv)).toEqual({ inputs: [378, 320], outputs: [90] });
    expect(sizes('conv2d', `${conv},dilation=3x2`).outputs).toEqual([2 * 2 * 7 * 5]);
    expect(sizes('grouped-conv2d', 'x=1x4x4x6,w=3x3x2x9,groups=3')).toEqual({ inputs: [96, 162], outputs: [144] });
    expect(sizes('matmul', 'm=2,n=3,k=5,transposeB=true')).toEqual({ inputs: [10, 15], outputs: [6] });
    expect(sizes('matmul', 'm=2,n=3,k=5,batchA=4x1,batchB=7')).toEqual({ inputs: [40, 105], outputs: [168] });
    expect(sizes('reduce-sum', 'x=2x3x5,axes=0x2')).toEqual({ inputs: [30], outputs: [3] });
    expect(sizes('map', 'a=2x3x5,b=3x1,c=1')).toEqual({ inputs: [30, 3, 1], outputs: [30] });
    expect(sizes('gather', 'count=3,pixels=5,batch=2')).toEqual({ inputs: [4, 2], outputs: [10] });
  });

  it.each([
    ['conv2d', 'w', 'conv2d: expected NAME=VALUE,..., got "w"'],
    ['conv2d', 'depth=3', 'conv2d: no field "depth"; the fields are x, w, stride, padding, dilation'],
    ['conv2d', 'constructor=3', 'conv2d: no field "constructor"'],
    ['conv2d', 'stride=1,stride=2', 'conv2d: "stride" is given twice'],
    ['conv2d', 'stride=0', 'conv2d: stride=0: expected N or YxX (whole numbers from 1)'],
    ['conv2d', 'stride=1x2x3', 'conv2d: stride=1x2x3: expected N or YxX'],
    ['conv2d', 'padding=1x2', 'conv2d: padding=1x2: expected N or TOPxBOTTOMxLEFTxRIGHT (whole numbers from 0)'],
    ['conv2d', 'w=4x4x3x128', 'conv2d: w expects 3 input channels, x has 64'],
    ['conv2d', 'x=1x2x2x64,padding=0', 'conv2d: the kernel, 4x4, is larger than the padded image, 2x2'],
    ['conv2d', 'x=9999x999x999x64', 'conv2d: a buffer of 638656767936 elements; expected at most 1073741824'],
    ['grouped-conv2d', 'groups=32', 'grouped-conv2d: w expects 32 input channels (32 groups of 1), x has 64'],
    ['matmul', 'm=1.5', 'matmul: m=1.5: expected N'],
    ['matmul', 'batchA=2,batchB=3', 'matmul: batches 2 and 3 do not broadcast'],
    ['matmul', 'm=1,n=1,batchA=65536', 'matmul: 65536 products in one batch; expected at most 65535'],
    ['matmul', 'transposeA=1', 'matmul: transposeA=1: expected true|false'],
    ['reduce-sum', 'axes=0x4', 'reduce-sum: axes=0x4: expected axes of x, each once, from 0 to 3'],
    ['reduce-sum', 'axes=1x1', 'reduce-sum: axes=1x1: expected axes of x, each once'],
    ['map', 'c=3', 'map: c=3 does not broadcast to a=64x14x14x64'],
    ['map', 'a=64,b=64x1', 'map: b=64x1 does not broadcast to a=64'],
  ])('%s refuses %s', (name, shape, message) => {
    const ask = () => family(name).problem(shape);
    expect(ask).toThrow(ShapeTextError);
    expect(ask).toThrow(message);
  });
});
