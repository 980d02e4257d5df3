/** The peers' packages, which only this folder has: they are loaded when asked for, and their absence is one line. */
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { UsageError } from '../options.ts';

const require = createRequire(import.meta.url);

function located(name: string): string {
  try {
    return require.resolve(name);
  } catch {
    throw new UsageError(`bench: the peers are not installed (no ${name}); install them: npm ci --prefix bench/peers`);
  }
}

/**
 * A package as CommonJS. All of TensorFlow.js must come this way: its Node builds are CommonJS, and its parts meet in one
 * instance of tfjs-core.
 * @throws UsageError where it is not installed
 */
export const requirePackage = (name: string): unknown => require(located(name));

/** A package that has ES modules beside CommonJS. @throws UsageError where it is not installed */
export const importPackage = async (name: string): Promise<unknown> => {
  const commonJs = located(name);
  return import(pathToFileURL(commonJs.replace(/\.cjs$/, '.js')).href);
};

export const packageVersion = (name: string): string =>
  (require(`${located(name).split(`/${name}/`)[0]}/${name}/package.json`) as { version: string }).version;
