/** What measurements may be carried over to: another machine's adapter of the same kind. */
import type { AdapterDescription } from '../platform/adapter.ts';
import { togglesOf } from './measured.ts';

/** `llvmpipe`, `swiftshader`, or a GPU's vendor and architecture: `nvidia hopper`. */
export const adapterKind = ({ class: kind, vendor, architecture, name }: AdapterDescription): string =>
  kind === 'gpu' ? `${vendor} ${architecture}`.trim() || name : kind;

/** The table that comes with the package for such an adapter. */
export const shippedName = (adapter: AdapterDescription, robustness: boolean): string =>
  `${adapterKind(adapter)}, ${togglesOf(robustness)}`;
