/** Computes a problem's result in float64 with plain loops, away from the page. */
import { CATALOGUE } from '@ganvas/kernels-wgsl';

export interface ReferenceRequest {
  family: string;
  shape: string;
}

addEventListener('message', ({ data }: MessageEvent<ReferenceRequest>) => {
  const problem = CATALOGUE.find(({ name }) => name === data.family)!.problem(data.shape);
  const reference = problem.reference(problem.values());
  postMessage(reference && Float64Array.from(reference));
});
