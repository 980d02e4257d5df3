/** The length of all gradients together: what clipping compares with its limit, and what a run reports. */
import { pack, sqrt, square, sum, type Tensor } from '@ganvas/tensor';

/**
 * √(Σ g²) over all elements of all gradients, as PyTorch's clip_grad_norm_ answers it; not finite where one of them is not. Inside
 * a captured step the gradients are packed once for this and the optimiser, and with its clipping the norm is shared as well.
 * @param gradients f32, at least one
 * @returns a scalar
 */
export const globalNorm = (gradients: readonly Tensor[]): Tensor => packedNorm(pack(gradients));

/** The same, of what `pack` made: the gaps between its ranges are 0. */
export const packedNorm = (packed: Tensor): Tensor => sqrt(sum(square(packed)));
