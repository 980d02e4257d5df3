import { completeConfig, createTrainer, modeCoverage, openData, ring, grid, type RunConfig } from '@ganvas/gan';
import { Rng } from '@ganvas/kernels-wgsl';
import { openDevice } from '@ganvas/tensor';
const device = await openDevice({ adapter: 'llvmpipe', robustness: false });
const common = JSON.parse(process.argv[2] ?? '{}');
const kinds: Record<string, Partial<RunConfig>> = {
  plain: {}, pack: { pack: 4 }, mbd: { minibatch: 'discrimination' }, wgangp: { loss: 'wgan-gp', nCritic: 5, lrG: 1e-3, lrD: 1e-3 },
};
for (const [name, s] of Object.entries(kinds)) {
  if (process.argv[3] && !process.argv[3].split(',').includes(name)) continue;
  const config = completeConfig({ model: 'mlp', data: 'ring', ...common, ...s }, 'quick');
  const source = await openData(config.data, { ...config, device });
  const trainer = createTrainer(device, config, source, { norms: true });
  await trainer.prepare();
  const z = new Rng(7).normals(500 * config.latent);
  const t0 = Date.now();
  let line = '';
  for (let step = 1; step <= config.steps; step++) {
    trainer.step(step - 1);
    await trainer.reports.arrived();
    if (step % 500 === 0) {
      const r = (await trainer.reports.flush()).at(-1);
      const c = modeCoverage(config.data === 'ring' ? ring() : grid(), await trainer.generate(z));
      line += ` ${c.modes}/${c.quality.toFixed(2)}`;
    }
  }
  console.log(name, line, Date.now() - t0, 'ms');
  trainer.dispose();
}
device.close();
process.exit(0)
