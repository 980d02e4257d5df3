/**
 * The packages stand in a line, and each imports only what is to its left. Types count for that line as values do; for cycles
 * only values count: a type-only import is erased, so nothing waits for it when modules are loaded.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSync } from '@swc/core';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const LINE = ['kernels-wgsl', 'tensor', 'autograd', 'gan'];

interface Import {
  from: string;
  typeOnly: boolean;
}

const sources = (folder: string): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts') && !file.split('/').includes('node_modules'))
    .map((file) => join(folder, file))
    .sort();

/** Every import and re-export of a file, `import()` included. */
function importsOf(file: string): Import[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  const found: Import[] = [];
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    const n = node as Record<string, unknown>;
    const source = (n.source as { value?: string } | null | undefined)?.value;
    if (source !== undefined && /^(Import|Export)/.test(String(n.type))) {
      const named = (n.specifiers ?? []) as { isTypeOnly?: boolean }[];
      const allTypes = named.length > 0 && named.every((s) => s.isTypeOnly);
      found.push({ from: source, typeOnly: n.typeOnly === true || allTypes });
    }
    if (n.type === 'CallExpression' && (n.callee as { type: string }).type === 'Import') {
      const [argument] = n.arguments as { expression: { type: string; value?: string } }[];
      if (argument?.expression.type === 'StringLiteral')
        found.push({ from: argument.expression.value!, typeOnly: false });
    }
    Object.values(n).forEach(visit);
  };
  visit(parseSync(text, { syntax: 'typescript', target: 'es2022' }).body);
  return found;
}

const PACKAGES = Object.fromEntries(LINE.map((name) => [name, sources(`packages/${name}/src`)]));
const FILES = [...Object.values(PACKAGES).flat(), ...['bench', 'scripts', 'test', 'web'].flatMap(sources)];
const IMPORTS = new Map(FILES.map((file) => [file, importsOf(file)]));
const workspaceOf = (from: string): string | null => /^@ganvas\/(.*)$/.exec(from)?.[1] ?? null;
const target = (file: string, from: string): string => normalize(join(dirname(file), from));

it('sees every package, and imports in them', () => {
  expect(readdirSync(join(ROOT, 'packages')).sort()).toEqual([...LINE].sort());
  for (const files of Object.values(PACKAGES)) expect(files.flatMap((f) => IMPORTS.get(f)!).length).toBeGreaterThan(5);
});

describe.each(LINE)('%s', (name) => {
  const imported = PACKAGES[name]!.flatMap((file) => IMPORTS.get(file)!.map((i) => ({ file, ...i })));

  it('imports only leftwards, and other packages only by name', () => {
    const left = LINE.slice(0, LINE.indexOf(name));
    const astray = imported.filter(({ file, from }) => {
      const workspace = workspaceOf(from);
      if (workspace !== null) return !left.includes(workspace);
      return from.startsWith('.') && !target(file, from).startsWith(`packages/${name}/src/`);
    });
    expect(astray).toEqual([]);
  });

  it('depends in its package.json on exactly the packages that it imports', () => {
    const manifest = JSON.parse(readFileSync(join(ROOT, 'packages', name, 'package.json'), 'utf8'));
    const declared = Object.keys({ ...manifest.dependencies }).filter((d) => workspaceOf(d) !== null);
    const used = new Set(imported.map((i) => i.from).filter((from) => workspaceOf(from) !== null));
    expect(declared.sort()).toEqual([...used].sort());
  });
});

it('kernels-wgsl imports nothing outside itself', () => {
  const outside = PACKAGES['kernels-wgsl']!.flatMap((f) => IMPORTS.get(f)!.filter((i) => !i.from.startsWith('.')));
  expect(outside).toEqual([]);
});

it('relative imports name files that are there, by their extension', () => {
  const broken = FILES.flatMap((file) =>
    IMPORTS.get(file)!
      // Vite gives a page style sheets, and sources as text (`?raw`).
      .filter((i) => i.from.startsWith('.') && !i.from.endsWith('.css'))
      .filter((i) => !FILES.includes(target(file, i.from.replace(/\?raw$/, ''))))
      .map((i) => `${file}: ${i.from}`),
  );
  expect(broken).toEqual([]);
});

it('no values are imported in a circle', () => {
  const valuesOf = (file: string): string[] =>
    IMPORTS.get(file)!.flatMap(({ from, typeOnly }) => {
      if (typeOnly) return [];
      const workspace = workspaceOf(from);
      const to = workspace === null ? target(file, from) : `packages/${workspace}/src/index.ts`;
      return IMPORTS.has(to) && (workspace !== null || from.startsWith('.')) ? [to] : [];
    });
  const circles: string[] = [];
  const seen = new Set<string>();
  const walk = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(' → '));
    if (seen.has(file)) return;
    seen.add(file);
    for (const next of valuesOf(file)) walk(next, [...path, file]);
  };
  for (const file of FILES) walk(file, []);
  expect(circles).toEqual([]);
});

it('no file is called after nothing', () => {
  expect(FILES.filter((file) => /^(utils?|helpers?|common|misc)\b/i.test(basename(file)))).toEqual([]);
});
