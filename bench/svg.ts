/** Drawings: Graphviz lays them out, compiled to WebAssembly. */
import { instance } from '@viz-js/viz';

/** @param dot a graph in Graphviz's language, as `drawProgram` and `drawPlan` write it */
export async function renderSvg(dot: string): Promise<string> {
  return (await instance()).renderString(dot, { format: 'svg' });
}
