/** `tidy`: eager memory management by scope, under the name that tfjs users know. */
import { type Structure, tensorsOf } from './structure.ts';
import type { Tensor } from './tensor.ts';

const scopes: Set<Tensor>[] = [];

/** Remembers a tensor that was just made, for the innermost `tidy`. */
export function track<T extends Tensor>(tensor: T): T {
  scopes.at(-1)?.add(tensor);
  return tensor;
}

/** Exempts a tensor (state, say) from every enclosing `tidy`. */
export function keep<T extends Tensor>(tensor: T): T {
  for (const scope of scopes) scope.delete(tensor);
  return tensor;
}

/**
 * Runs `fn` and frees every tensor that it made and did not return. What it returns has no history any more: gradients do not
 * reach through a `tidy`, whose intermediates are gone.
 */
export function tidy<T extends Structure>(fn: () => T): T {
  const scope = new Set<Tensor>();
  scopes.push(scope);
  try {
    const result = fn();
    // What was made elsewhere and only passed on stays as it is.
    const returned = tensorsOf(result).filter((tensor) => scope.delete(tensor));
    for (const tensor of scope) tensor.dispose();
    for (const tensor of returned) {
      if (tensor.storage) tensor.node = null;
      scopes.at(-2)?.add(tensor);
    }
    return result;
  } catch (error) {
    for (const tensor of scope) tensor.dispose();
    throw error;
  } finally {
    scopes.splice(scopes.indexOf(scope), 1);
  }
}
