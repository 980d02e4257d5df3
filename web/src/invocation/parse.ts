/// <reference path="./wgsl-reflect.d.ts" />
/** WGSL as a tree, by wgsl_reflect; its types as ours. */
import * as ast from 'wgsl_reflect/wgsl_reflect.module.js';
import { NotInterpreted, type ScalarType, type WgslType } from './value.ts';

export { ast };

export const parse = (code: string): ast.Statement[] => new ast.WgslParser().parse(code);

const SCALARS: Readonly<Record<string, ScalarType>> = {
  f32: 'f32',
  u32: 'u32',
  i32: 'i32',
  bool: 'bool',
  x32: 'abstract',
};
const SUFFIXES: Readonly<Record<string, ScalarType>> = { f: 'f32', u: 'u32', i: 'i32' };

/** @throws NotInterpreted */
export function typeOf(type: ast.Type): WgslType {
  if (type instanceof ast.ArrayType && type.format) {
    const element = typeOf(type.format);
    return type.count > 0 ? { ...element, count: type.count } : element;
  }
  const scalar = SCALARS[type.name];
  if (scalar) return { of: scalar, width: 1 };
  const [, width, suffix] = /^vec([234])([fui]?)$/.exec(type.name) ?? [];
  const format = type instanceof ast.TemplateType && type.format ? SCALARS[type.format.name] : undefined;
  const of = suffix ? SUFFIXES[suffix] : format;
  if (width === undefined || of === undefined) throw new NotInterpreted(`the type ${type.getTypeName()}`);
  return { of, width: Number(width) };
}
