/** The labels of shaders, pipelines and bind groups, by which a GPU error is traced back to an op and its kernel. */

const SEPARATOR = ' · ';

export const labelOf = (op: string, kernel: string): string => `${op}${SEPARATOR}${kernel}`;

/** The op and kernel of the first label that a device's message quotes; nulls where it quotes none. */
export function findLabel(message: string): { op: string | null; kernel: string | null } {
  const [, op = null, kernel = null] = new RegExp(`"([^"]*)${SEPARATOR}([^"]*)"`).exec(message) ?? [];
  return { op, kernel };
}
