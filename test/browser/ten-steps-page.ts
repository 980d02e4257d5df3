/** Offers the ten steps to whoever drives the page. */
import { tenSteps } from './ten-steps.ts';

Object.assign(globalThis, { tenSteps });
