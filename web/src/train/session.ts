/** A session that trains on digits: takes the page's commands one after the other, between steps. */
import type { LabelledImages } from '@ganvas/gan';
import type { OpenSession } from '../live/link.ts';
import { openTraining } from '../live/training.ts';
import { fetchDigits } from './digits.ts';
import type { Command, Event, Look, Pixels, Place, Surface, Walk } from './messages.ts';
import { drawSamples, drawWalk } from './pictures.ts';
import { type DigitsRun, loadRun, newRun } from './run.ts';
import { paint } from './surface.ts';

export const openSession: OpenSession<Command, Event> = (device, send) => {
  let digits: LabelledImages | null = null;
  let canvases: Record<Surface, OffscreenCanvas> | null = null;
  let look: Look = { every: 5, label: null, averaged: false };
  let walk: Walk = { u: 0.5, v: 0.5, corners: 0 };
  let walks = 0;

  const show = (surface: Surface, step: number, pixels: Pixels) => {
    if (canvases) paint(canvases[surface], pixels);
    send({ kind: 'drawn', surface, step, pixels: canvases ? null : pixels });
  };
  const drawn = async (run: DigitsRun) => {
    show('samples', run.step, await drawSamples(run.trainer, look));
    show('walk', run.step, await drawWalk(run.trainer, walk, look));
  };
  const training = openTraining<DigitsRun, Place>(send, { every: () => look.every, draw: drawn });
  /** Many places come while one is drawn; the last one counts. */
  const showWalk = (asked: number) =>
    training.withRun('run', async (run) => {
      if (asked === walks) show('walk', run.step, await drawWalk(run.trainer, walk, look));
    });
  const withDigits = async (url: string, make: (digits: LabelledImages) => DigitsRun) => {
    if (!digits) send({ kind: 'preparing', what: 'Fetching the digits…' });
    digits ??= await fetchDigits(url);
    return make(digits);
  };

  return {
    take(command) {
      switch (command.kind) {
        case 'surfaces':
          canvases = command.canvases;
          return;
        case 'new':
          return training.begin('run', () =>
            withDigits(command.digits, (set) => newRun(device, set, command.settings)),
          );
        case 'load':
          return training.begin('checkpoint', () =>
            withDigits(command.digits, (set) => loadRun(device, set, command.bytes, command.name)),
          );
        case 'look':
          look = command.look;
          return training.withRun('run', drawn);
        case 'walk':
          walk = command.walk;
          walks++;
          return showWalk(walks);
        case 'profile':
          return training.withRun('profile', async (run) => {
            await training.catchUp();
            send({ kind: 'profiled', profile: await run.profile() });
          });
        case 'save':
          return training.withRun('checkpoint', async (run) => {
            const bytes = await run.encode();
            send({ kind: 'saved', bytes, name: `${run.config.model}-step-${run.step}.safetensors` }, [bytes.buffer]);
          });
        default:
          return training.take(command);
      }
    },
    close: training.close,
  };
};
