export * from './init.ts';
export * from './layers.ts';
export * from './losses.ts';
export * from './module.ts';
