/** Masks: questions that are answered by 1 or 0, in f16 for f16 operands, else in f32. Whatever is not 0 counts as true. */
import { constant, type Expr, operand, applyScalar as s } from '@ganvas/kernels-wgsl';
import type { Tensor } from '../tensor.ts';
import { cast } from './elementwise.ts';
import { binary, call, composed, scalar, unary } from './elementwise-op.ts';

const isTrue = (of: Expr): Expr => s('notEqual', of, constant(0));
const [x, y] = [isTrue(operand(0)), isTrue(operand(1))];

export const logicOps = {
  logicalAnd: composed('logicalAnd', 2, s('mul', x, y), 'mask'),
  logicalOr: composed('logicalOr', 2, isTrue(s('add', x, y)), 'mask'),
  logicalXor: composed('logicalXor', 2, s('notEqual', x, y), 'mask'),
  logicalNot: composed('logicalNot', 1, s('equal', operand(0), constant(0)), 'mask'),
  isNaN: scalar('isNaN', 'mask'),
  isFinite: scalar('isFinite', 'mask'),
};

export const logicalAnd = binary(logicOps.logicalAnd);
export const logicalOr = binary(logicOps.logicalOr);
/** 1 where one of the two is true and the other is not. */
export const logicalXor = binary(logicOps.logicalXor);
export const logicalNot = unary(logicOps.logicalNot);

const floating = (t: Tensor): Tensor => (t.dtype === 'f16' ? t : cast(t, 'f32'));
const nan = (t: Tensor): Tensor => call(logicOps.isNaN, floating(t));
const finite = (t: Tensor): Tensor => call(logicOps.isFinite, floating(t));

export {
  /** 1 where x is a number, 0 where it is infinite or NaN. */
  finite as isFinite,
  /** 1 where x is not a number. */
  nan as isNaN,
};
