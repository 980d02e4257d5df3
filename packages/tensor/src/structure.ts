/** Nested results: a tensor, an array or record of them, or nothing. What `capture` and `tidy` take and return. */
import { Tensor } from './tensor.ts';

// biome-ignore lint/suspicious/noConfusingVoidType: what a function without a result returns is void, not undefined.
export type Structure = Tensor | undefined | void | readonly Structure[] | { readonly [key: string]: Structure };

/** All tensors of a structure, in order. */
export function tensorsOf(value: Structure): Tensor[] {
  if (value instanceof Tensor) return [value];
  if (value === undefined || value === null || typeof value !== 'object') return [];
  return (Array.isArray(value) ? value : Object.values(value)).flatMap((v) => tensorsOf(v as Structure));
}

/** The same structure with each tensor replaced. */
export function mapTensors<T extends Structure>(value: T, replace: (tensor: Tensor) => Tensor): T {
  const visit = (v: Structure): Structure => {
    if (v instanceof Tensor) return replace(v);
    if (v === undefined || v === null || typeof v !== 'object') return v;
    if (Array.isArray(v)) return v.map(visit);
    return Object.fromEntries(Object.entries(v).map(([k, x]) => [k, visit(x as Structure)]));
  };
  return visit(value) as T;
}
