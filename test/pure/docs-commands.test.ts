/** The commands and configurations that documents show are taken by the programs that they are for; nothing is trained or measured. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { completeConfig, FileError } from '@ganvas/gan';
import { CASES, isNamed, selectCases } from '../../bench/cases.ts';
import { parseBenchOptions } from '../../bench/options.ts';
import { parseProfileCommand } from '../../bench/profile-options.ts';
import { readReport } from '../../bench/report.ts';
import { parseTuneOptions } from '../../bench/tune/options.ts';
import { arithmetic } from '../../packages/gan/src/cli/arithmetic.ts';
import { parseClassifyOptions } from '../../packages/gan/src/cli/classify-options.ts';
import { readConfigFile } from '../../packages/gan/src/cli/config-options.ts';
import { evaluate } from '../../packages/gan/src/cli/evaluate.ts';
import { exportRun } from '../../packages/gan/src/cli/export.ts';
import { interpolate } from '../../packages/gan/src/cli/interpolate.ts';
import { latents } from '../../packages/gan/src/cli/latents.ts';
import { sample } from '../../packages/gan/src/cli/sample.ts';
import { parseTrainOptions } from '../../packages/gan/src/cli/train-options.ts';
import { walk } from '../../packages/gan/src/cli/walk.ts';
import { FIGURES } from '../../scripts/figures/all.ts';
import { blocks, ROOT, readDocument } from '../documents.ts';
import { useTemporaryFolder } from './gan-files/temporary-folder.ts';

type Words = readonly string[];

const temporary = useTemporaryFolder();
const { scripts } = JSON.parse(readDocument('package.json')) as { scripts: Record<string, string> };

/** What a script of package.json runs, by its file: each throws where the words behind it are refused. */
const PROGRAMS: Readonly<Record<string, (args: Words) => unknown>> = {
  'bench/main.ts': (args) => {
    const { filter, quick } = parseBenchOptions(args);
    if (selectCases(filter, quick, 'gpu').length === 0) throw new Error(`no case matches ${filter}`);
  },
  'bench/profile.ts': parseProfileCommand,
  'bench/tune/main.ts': (args) => {
    const { filter } = parseTuneOptions(args);
    if (!CASES.some(({ name }) => isNamed(name, filter))) throw new Error(`no case matches ${filter}`);
  },
  'bench/kernels.ts': (args) => {
    const command = ['--import', 'tsx', '-C', 'source', 'bench/kernels.ts', ...args];
    const { status, stderr } = spawnSync(process.execPath, command, { cwd: ROOT, encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
  },
  'packages/gan/src/cli/classify.ts': parseClassifyOptions,
  'packages/gan/src/cli/gan.ts': ([command, ...args]) => {
    if (!Object.hasOwn(GAN, command!)) throw new Error(`no command ${command}`);
    return GAN[command!]!(args);
  },
  'scripts/figures/main.ts': (words) => {
    const stray = words.find((word) => !FIGURES.some(({ file }) => file.startsWith(word)));
    if (stray !== undefined) throw new Error(`no figure ${stray}`);
  },
};

const GAN: Readonly<Record<string, (args: Words) => unknown>> = {
  train: (args) => {
    const { said, preset = 'standard' } = parseTrainOptions(args);
    return completeConfig(said, preset);
  },
  ...Object.fromEntries(
    Object.entries({ arithmetic, evaluate, export: exportRun, interpolate, latents, sample, walk }).map(
      ([name, command]) => [name, (args: Words) => refusesOnlyTheRun(command, args)],
    ),
  ),
};

/** A command that takes a run reads its options first: where these are right, it is the missing run that it complains of. */
async function refusesOnlyTheRun(command: (args: Words) => Promise<void>, [run, ...args]: Words): Promise<void> {
  const missing = temporary.path(run);
  const error: unknown = await command([missing, ...args]).then(
    () => new Error(`found a run in ${missing}`),
    (reason: unknown) => reason,
  );
  if (!(error instanceof FileError && error.message.includes(missing))) throw error;
}

/** The words of a shell's line, without its comment. */
const wordsOf = (line: string): string[] =>
  Array.from(line.matchAll(/'([^']*)'|"([^"]*)"|(#.*)|([^\s#'"]+)/g), ([, a, b, comment, c]) =>
    comment === undefined ? [(a ?? b ?? c)!] : [],
  ).flat();

/** Runs what a line of a document asks for, as far as that takes its words. @throws for what would be refused */
async function take(words: Words): Promise<void> {
  const [program, ...args] = words[0]!.includes('=') ? words.slice(1) : words;
  if (program === 'npm' && args[0] === 'ci') {
    const folder = args[1] === '--prefix' ? args[2]! : '.';
    if (!existsSync(join(ROOT, folder, 'package-lock.json'))) throw new Error(`${folder} has no lock file`);
  } else if (program === 'npm') {
    const [name, separator, ...given] = args[0] === 'run' ? args.slice(1) : args;
    const script = scripts[name!];
    if (script === undefined || (separator ?? '--') !== '--') throw new Error(`no script ${name}, or no -- behind it`);
    const [, file, before = ''] = /(\S+\.ts)(?: (.*))?$/.exec(script) ?? [];
    const run = PROGRAMS[file ?? ''];
    if (run) await run([...before.split(' ').filter(Boolean), ...given]);
    else if (given.length > 0) throw new Error(`${name}: this test knows no words that it takes`);
  } else if (program === 'npx') expect(existsSync(join(ROOT, args.at(-1)!))).toBe(true);
  else if (program === 'python') {
    const source = readFileSync(join(ROOT, 'test/fixtures', args[0]!), 'utf8');
    for (const flag of args.filter((arg) => arg.startsWith('--'))) expect(source).toContain(`"${flag}"`);
  } else throw new Error(`${program}: a program that this test does not know`);
}

/** Commands in the middle of a sentence, if they are whole: neither `npm run gan -- train` nor `--resume DIR`. */
const inSentences = (markdown: string): string[] =>
  Array.from(markdown.replaceAll(/^```[\s\S]*?^```$/gm, '').matchAll(/`(npm run [^`]* -- [^`]*)`/g), ([, text]) =>
    text!.replaceAll(/\s+/g, ' '),
  ).filter((text) => !/\b[A-Z]{3,}\b|gan -- \w+$/.test(text));

const DOCUMENTS = [
  'README.md',
  ...['docs', 'docs/book'].flatMap((folder) => readdirSync(join(ROOT, folder)).map((file) => `${folder}/${file}`)),
].filter((path) => path.endsWith('.md'));

const LINES = DOCUMENTS.flatMap((path) => {
  const markdown = readDocument(path);
  const lines = blocks(markdown, 'sh').flatMap((block) => block.split(/\n| && /).map((line) => line.trim()));
  return [...new Set([...lines, ...inSentences(markdown)])].map((line) => [path, line]);
});

/** Where blocks stand in a language that one test of one page runs. What is not here is run on all pages, or no code. */
const RUN_ON: Readonly<Record<string, string>> = {
  html: 'docs/browser.md', // test/slow/browser.test.ts
  js: 'docs/export.md', // test/gpu/docs-run.test.ts
  json: 'docs/benchmark.md', // below
  python: 'docs/export.md', // test/fixtures/export_check.py, by hand
  yaml: 'docs/training.md', // below
};

it.each(DOCUMENTS)('%s has code only in languages that are run', (path) => {
  const languages = Array.from(readDocument(path).matchAll(/^```(\w+)$/gm), ([, language]) => language!);
  const known = ['ts', 'sh', 'text', 'mermaid', ...Object.keys(RUN_ON).filter((language) => RUN_ON[language] === path)];
  expect(languages.filter((language) => !known.includes(language))).toEqual([]);
});

it('sees the commands', () => {
  expect(LINES.length).toBeGreaterThan(40);
  expect(new Set(LINES.map(([path]) => path)).size).toBeGreaterThan(8);
});

it.each(LINES)('%s: %s', async (_, line) => {
  await take(wordsOf(line!));
});

it.each([
  ['npm run bench -- --slowly', '--slowly'],
  ['npm run bench --quick', 'no -- behind it'],
  ['npm run bench -- nothing-of-that-name', 'no case'],
  ['npm run profile -- dcgan --width thin', '--width'],
  ['npm run tune -- matmul --budget -1', '--budget'],
  ['npm run tune -- nothing-of-that-name', 'no case'],
  ['npm run kernels -- show conv2d --rung 99', 'no rung'],
  ['npm run figures -- 99', 'no figure'],
  ['npm run classify -- --epochs many', '--epochs'],
  ['npm run dcgan -- --embedding 3', 'does not have it'],
  ['npm run gan -- train acgan --preset slow', '--preset'],
  ['npm run gan -- paint runs/a', 'no command'],
  ['npm run gan -- sample runs/a --count none', '--count'],
  ['npm run gan -- arithmetic runs/a "3 +"', '3 +'],
  ['npm run nothing', 'no script'],
  ['npm run web -- --fast', 'knows no words'],
  ['npm ci --prefix docs', 'no lock file'],
  ['npx tsx -C source bench/peers/nothing.ts', 'false'],
  ['python dcgan28_reference.py --quickly', '--quickly'],
  ['make', 'does not know'],
])('would notice: %s', async (line, said) => {
  await expect(take(wordsOf(line))).rejects.toThrow(said);
});

it('docs/training.md shows a configuration that --config takes', () => {
  const [yaml, ...more] = blocks(readDocument('docs/training.md'), 'yaml');
  expect(more).toEqual([]);
  writeFileSync(temporary.path('config.yaml'), yaml!);
  const said = readConfigFile(temporary.path('config.yaml'));
  expect(said).toEqual({ model: 'cgan', data: 'photos/', size: 32, loss: 'hinge', betas: [0, 0.9] });
  expect(completeConfig(said, 'standard')).toMatchObject(said);
});

it('docs/benchmark.md shows a report that --compare takes, with the keys of a measured one', () => {
  const [json, ...more] = blocks(readDocument('docs/benchmark.md'), 'json');
  expect(more).toEqual([]);
  writeFileSync(temporary.path('report.json'), json!);
  const shown = readReport(temporary.path('report.json'));
  const measured = readReport(join(ROOT, 'bench/results/llvmpipe-zen3.json'));
  expect(Object.keys(shown).sort()).toEqual(Object.keys(measured).sort());
  for (const key of ['device', 'roofline'] as const)
    expect(Object.keys(measured[key])).toEqual(expect.arrayContaining(Object.keys(shown[key])));
  expect(Object.keys(shown.cases[0]!).sort()).toEqual(Object.keys(measured.cases[0]!).sort());
  expect(Object.keys(shown.untimed[0]!).sort()).toEqual(['case', 'engine', 'reason', 'rung']);
});
