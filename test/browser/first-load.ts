/** `first-load.ts FILE`: bytes, gzipped, that a page made by Vite loads before it runs. What is imported on demand is not among them. */
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build, defaultClientConditions } from 'vite';

const made = await build({
  root: fileURLToPath(new URL('../../', import.meta.url)),
  configFile: false,
  logLevel: 'silent',
  resolve: { conditions: ['source', ...defaultClientConditions] },
  build: { write: false, target: 'es2022', modulePreload: false, rollupOptions: { input: process.argv[2]! } },
});
if (!('output' in made)) throw new Error('first-load: expected one build');
const chunks = made.output.flatMap((part) => (part.type === 'chunk' ? [part] : []));
const loaded = new Set(chunks.filter(({ isEntry }) => isEntry));
for (const chunk of loaded) for (const next of chunks) if (chunk.imports.includes(next.fileName)) loaded.add(next);
process.stdout.write(String([...loaded].reduce((sum, { code }) => sum + gzipSync(code, { level: 9 }).length, 0)));
