import type { OpenSection } from '../section.ts';

export const open: OpenSection = () => undefined;
