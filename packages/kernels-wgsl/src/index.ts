export * from './candidate.ts';
export * from './epilogue.ts';
export * from './expression.ts';
export * from './kernel.ts';
export * from './map.ts';
export * from './scalar.ts';
export * from './view.ts';
