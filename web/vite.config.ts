import { defaultClientConditions, defineConfig } from 'vite';
import { digits } from './digits-plugin.ts';

/** The page is made from the packages' sources: what is read in the repository is what runs. Any host can serve it, from any path. */
export default defineConfig({
  base: './',
  plugins: [digits()],
  resolve: { conditions: ['source', ...defaultClientConditions] },
  worker: { format: 'es' },
  build: { target: 'es2022', outDir: 'dist', emptyOutDir: true, sourcemap: true },
});
