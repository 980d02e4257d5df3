/** A session that trains on points of the plane. */
import { completeConfig, drawLatents, mixtureSource } from '@ganvas/gan';
import type { OpenSession } from '../live/link.ts';
import { type MadeRun, makeRun } from '../live/made-run.ts';
import { openTraining } from '../live/training.ts';
import { type FieldReader, openField } from './field.ts';
import { type Command, type Event, MIXTURES, type Settings } from './messages.ts';

/** Points of the generator in a picture, always of the same latents. */
const POINTS = 500;

interface PointRun extends MadeRun {
  field: FieldReader;
}

export const openSession: OpenSession<Command, Event> = (device, send) => {
  let every = 10;
  const make = ({ data, ...said }: Settings): PointRun => {
    const mixture = MIXTURES[data];
    // The settings for points stand above the presets', which are about images.
    const config = completeConfig({ ...said, data, model: 'mlp' }, 'standard');
    const run = makeRun(device, config, ({ batch, seed }) => mixtureSource(mixture, { batch, seed, device }));
    const field = openField(run.trainer.discriminator, config, mixture);
    const { dispose } = run;
    return Object.assign(run, {
      field,
      dispose() {
        field.dispose();
        dispose();
      },
    });
  };
  const draw = async ({ trainer, step, field: reader }: PointRun) => {
    const points = await trainer.generateRaw(drawLatents(0, POINTS, trainer.generator));
    const field = await reader.read();
    send({ kind: 'drawn', picture: { step, points, field } });
  };
  const training = openTraining<PointRun, never>(send, { every: () => every, draw });
  return {
    take(command) {
      if (command.kind === 'new') return training.begin('run', async () => make(command.settings));
      if (command.kind !== 'every') return training.take(command);
      every = command.steps;
    },
    close: training.close,
  };
};
