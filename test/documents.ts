/** Documents as programs: the ts blocks of one, in order, are run, and what they print is what the document says they print. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format } from 'node:util';
import * as autograd from '@ganvas/autograd';
import * as gan from '@ganvas/gan';
import * as kernels from '@ganvas/kernels-wgsl';
import * as tensor from '@ganvas/tensor';
import { transformSync } from '@swc/core';

export const ROOT = fileURLToPath(new URL('../', import.meta.url));

/** Documents whose programs only prepare steps and print their plans: they run on a device in name only, and any adapter's is the same. */
export const PREPARED = ['docs/architecture.md', 'docs/compiler.md', 'docs/book/08-capture.md'];

export const readDocument = (path: string): string => readFileSync(`${ROOT}${path}`, 'utf8');

/** Contents of the fenced blocks in a language. */
export const blocks = (markdown: string, language: string): string[] =>
  Array.from(markdown.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)\\n\`\`\`$`, 'gm')), (match) => match[1]!);

/** The program of a document: its blocks in a language and, in between, what is run but not shown, `<!-- run … -->`. */
export const programOf = (markdown: string, language: 'ts' | 'js'): string =>
  Array.from(
    markdown.matchAll(
      new RegExp(`^(?:\`\`\`${language}\\n([\\s\\S]*?)\\n\`\`\`|<!-- run\\n([\\s\\S]*?)\\n-->)$`, 'gm'),
    ),
    ([, shown, hidden]) => shown ?? hidden,
  ).join('\n');

const AsyncFunction = (async () => {}).constructor as new (...args: string[]) => (...args: unknown[]) => Promise<void>;

/**
 * Runs a document's ts blocks, and what it hides, as one program.
 * @param openDevice stands in for the program's
 * @returns what each call of console.log printed
 */
export async function runDocument(markdown: string, openDevice: () => Promise<tensor.Device>): Promise<string[]> {
  const { code } = transformSync(programOf(markdown, 'ts'), {
    jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
    module: { type: 'commonjs' },
  });
  const modules: Record<string, object> = {
    '@ganvas/autograd': autograd,
    '@ganvas/gan': gan,
    '@ganvas/kernels-wgsl': kernels,
    '@ganvas/tensor': { ...tensor, openDevice },
  };
  const printed: string[] = [];
  const log = (...values: unknown[]) => void printed.push(format(...values));
  await new AsyncFunction('require', 'exports', 'console', code)((name: string) => modules[name], {}, { log });
  return printed;
}

/** Writes what was printed into the document's text blocks, in order. */
export function updateDocument(path: string, printed: readonly string[]): void {
  let index = 0;
  const text = readDocument(path).replace(
    /^```text\n[\s\S]*?\n```$/gm,
    (old) => `\`\`\`text\n${printed[index++] ?? old}\n\`\`\``,
  );
  writeFileSync(`${ROOT}${path}`, text);
}
