export * from './concat.ts';
export * from './gather-axis.ts';
export * from './linspace.ts';
export * from './scatter-add.ts';
export * from './unslice.ts';
export * from './word.ts';
