export * from './adam.ts';
export * from './epilogue.ts';
export * from './gather.ts';
export * from './map.ts';
export * from './moments.ts';
export * from './reduce.ts';
export * from './softmax.ts';
