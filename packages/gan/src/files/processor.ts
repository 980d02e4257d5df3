/** Which processor this is. */
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';

/** `AMD EPYC (family 25, model 1)`. A hypervisor may leave a brand of the name; what Linux tells beside it says which one it is. */
export const processorName = (): string => nameProcessor(cpus()[0]?.model, cpuinfo());

/** @param info the text of Linux's `/proc/cpuinfo`, of which the family and model of an x86 processor are taken */
export function nameProcessor(name = '', info = ''): string {
  const field = (key: string) => new RegExp(`^${key}\\s*:\\s*(\\d+)$`, 'm').exec(info)?.[1];
  const [family, model] = [field('cpu family'), field('model')];
  const known = name.trim() || 'unknown';
  return family && model ? `${known} (family ${family}, model ${model})` : known;
}

function cpuinfo(): string {
  try {
    return readFileSync('/proc/cpuinfo', 'utf8');
  } catch {
    return '';
  }
}
