import { build } from 'vite';
await build({ root: 'web', logLevel: 'warn', build: { outDir: '/tmp/w3/dist', emptyOutDir: true, sourcemap: false }, plugins: [{ name: 'mine', enforce: 'pre', resolveId(id) { return /\/(train|ring|kernels)\/section\.ts$/.test(id) ? '\0stub' : null; }, load(id) { return id === '\0stub' ? 'export const open = () => undefined;' : null; } }] });
