/** What esbuild makes of an entry for a browser, from the packages' sources. Whatever is of Node alone makes it fail. */
import { fileURLToPath } from 'node:url';
import { build, type Metafile, type StdinOptions } from 'esbuild';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

export interface Bundle {
  code: string;
  /** Paths of the files that are in it, from the root of the repository. */
  inputs: string[];
}

/**
 * @param entry a file, or a module's text; its imports start at the root of the repository
 * @param external imports that stay, as patterns
 */
export async function bundleForBrowser(
  entry: { file: string } | { text: string },
  external: string[] = [],
): Promise<Bundle> {
  const stdin: StdinOptions | undefined = 'text' in entry ? { contents: entry.text, resolveDir: ROOT } : undefined;
  const { outputFiles, metafile } = await build({
    ...(stdin ? { stdin } : { entryPoints: [`${ROOT}${(entry as { file: string }).file}`] }),
    absWorkingDir: ROOT,
    bundle: true,
    external,
    write: false,
    metafile: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    conditions: ['source'],
    logLevel: 'silent',
  });
  return { code: outputFiles[0]!.text, inputs: inputsOf(metafile) };
}

const inputsOf = ({ outputs }: Metafile): string[] =>
  Object.values(outputs).flatMap(({ inputs }) => Object.keys(inputs));
