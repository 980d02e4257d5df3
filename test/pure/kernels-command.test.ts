/** `npm run kernels` as its users run it. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { CATALOGUE } from '@ganvas/kernels-wgsl';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

function kernels(...args: string[]) {
  const command = ['--import', 'tsx', '-C', 'source', 'bench/kernels.ts', ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { cwd: ROOT, encoding: 'utf8' });
  return { status, stdout, stderr };
}

it('list has every family, and its rungs in the order in which the adapter tries them, within 100 columns', () => {
  const { status, stdout, stderr } = kernels('list', '--adapter', 'llvmpipe');
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  for (const { name, about } of CATALOGUE) expect(stdout).toContain(`${name}: ${about}\n`);
  const rungs = stdout
    .split('\n')
    .filter((line) => line.startsWith('    '))
    .map((line) => line.trim().split(/ +/)[0]);
  const expected = CATALOGUE.flatMap((f) => f.shapes.flatMap((s) => f.problem(s).candidates('llvmpipe')));
  expect(rungs).toEqual(expected.map((c) => c.name));
  expect(stdout.split('\n').filter((line) => line.length > 100)).toEqual([]);
});

it('list NAME says how a shape is written', () => {
  const { status, stdout } = kernels('list', 'matmul');
  expect(status).toBe(0);
  expect(stdout).toMatch(/^matmul: /);
  expect(stdout).toContain('  transposeB=true|false\n');
});

it('show prints the WGSL of each dispatch as it would run, under its bindings, workgroups and cost', () => {
  const shape = 'x=8x14x14x64';
  const weightGrad = CATALOGUE.find((f) => f.name === 'conv2d-weight-grad')!;
  const split = weightGrad
    .problem(shape)
    .candidates('gpu')
    .find((c) => c.name === '9-workgroup-split-k')!;
  const [first, second] = split.stages.map((s) => s.kernel);
  const { status, stdout } = kernels('show', 'conv2d-weight-grad', '--shape', shape, '--rung', '9');
  expect(status).toBe(0);
  expect(stdout).toContain('// x=8x14x14x64,w=4x4x64x128,stride=2,padding=1,dilation=1\n');
  expect(stdout).toContain(`// rung ${split.name} for gpu, dispatch 2 of 2\n`);
  expect(stdout).toMatch(/^\/\/ binding +0 +x +read +vec4f +input 0 +401\.4 kB$/m);
  expect(stdout).toMatch(/^\/\/ binding +1 +dw +read_write +vec4f +output 0 +524\.3 kB$/m);
  expect(stdout).toContain(`// workgroups  ${first!.workgroups.join(' x ')} of 64 invocations\n`);
  // 2 · 8 images · 26 × 26 taps inside the image · 64 · 128 channels; 4 bytes of 8·14·14·64, 8·7·7·128 and 8 parts of 4·4·64·128.
  expect(stdout).toMatch(/^\/\/ cost +88\.6 Mflop, 4\.796 MB: 18\.5 flop\/B$/m);
  expect(stdout).toContain(`\n\n${first!.code}`);
  expect(stdout.endsWith(`\n\n${second!.code}`)).toBe(true);
});

it('show takes the first rung of the adapter, or the one that a number or a beginning names', () => {
  const [first] = CATALOGUE.find((f) => f.name === 'conv2d')!
    .problem()
    .candidates('swiftshader');
  expect(kernels('show', 'conv2d', '--adapter', 'swiftshader').stdout).toContain(
    `// rung ${first!.name} for swiftshader`,
  );
  expect(kernels('show', 'matmul', '--rung', '1').stdout).toContain('// rung 1-workgroup-tile for gpu'); // and not 10
  expect(kernels('show', 'reduce-sum', '--rung', '4-work').stdout).toContain('// rung 4-workgroup-tree for gpu');
});

it.each([
  [['show', 'conv3d'], 'kernels: no kernel family "conv3d"; the families are conv2d, '],
  [['show', 'adam', '--rung', 'zebra'], 'kernels: no rung "zebra"; at this shape the rungs are adam\n'],
  [['show', 'matmul', '--rung', '12'], 'kernels: "12" begins several rungs: 12-subgroup-matrix-'],
  [['show', 'matmul', '--shape', 'm=0'], 'kernels: matmul: m=0: expected N (whole numbers from 1)\n'],
  [
    ['show', 'matmul', '--adapter', 'cpu'],
    'kernels: no adapter class "cpu"; the classes are gpu, llvmpipe, swiftshader\n',
  ],
  [['show'], 'kernels: expected list or show NAME, got show without a NAME'],
  [['list', '--depth', '3'], "kernels: Unknown option '--depth'"],
])('%j ends with one line on stderr and code 2', (args, message) => {
  const { status, stdout, stderr } = kernels(...args);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr.startsWith(message)).toBe(true);
  expect(stderr.trimEnd()).not.toContain('\n');
});
