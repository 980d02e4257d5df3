/** Version of this package, as its package.json says: a browser cannot read that. */
export const GANVAS_VERSION = '0.1.0';
