/**
 * Makes a kernel tell what it touches. Every index into a buffer or into workgroup memory, `x[i]`, becomes `x[noted(i)]`, where the
 * function returns `i` and notes it. So the drawing shows what a text does, also one that a reader has changed, and not what
 * somebody thought that it does.
 */

/** An array that the kernel indexes: the bindings in order, then what the workgroup shares. */
export interface Target {
  name: string;
  /** Elements; 0 for workgroup memory, of which accesses are counted and not marked. */
  size: number;
  /** Of its first mark, behind the counters. */
  first: number;
}

/** Bits of a mark. */
export const MARK = { threadReads: 1, threadWrites: 2, groupReads: 4, groupWrites: 8 } as const;

/** Counters of a target, before all marks: loads and stores of the thread, loads and stores of its workgroup. */
export const COUNTERS = 4;

/** What `traced.z` asks for: the accesses of one workgroup, or for every element the thread that wrote it, plus one. */
export const TASK = { trace: 0, owners: 1 } as const;

const NOTING = `
@group(1) @binding(0) var<storage, read_write> traced_marks: array<atomic<u32>>;
@group(1) @binding(1) var<uniform> traced: vec4u; // workgroup, thread, task
var<private> traced_mine: bool;
var<private> traced_thread: u32;

fn traced_note(target_: u32, first: u32, size: u32, index: u32, store: u32) {
  if (traced.z == ${TASK.owners}u) {
    if (store == 1u && index < size) { atomicStore(&traced_marks[first + index], traced_thread + 1u); }
    return;
  }
  atomicAdd(&traced_marks[${COUNTERS}u * target_ + 2u + store], 1u);
  if (traced_mine) { atomicAdd(&traced_marks[${COUNTERS}u * target_ + store], 1u); }
  if (index < size) {
    atomicOr(&traced_marks[first + index], select(4u, 5u, traced_mine) << store);
  }
}
fn traced_read(target_: u32, first: u32, size: u32, index: u32) -> u32 {
  traced_note(target_, first, size, index, 0u);
  return index;
}
fn traced_write(target_: u32, first: u32, size: u32, index: u32) -> u32 {
  traced_note(target_, first, size, index, 1u);
  return index;
}
fn traced_update(target_: u32, first: u32, size: u32, index: u32) -> u32 {
  traced_note(target_, first, size, index, 0u);
  traced_note(target_, first, size, index, 1u);
  return index;
}
`;

/** Arrays in workgroup memory that a text declares. */
export const sharedArrays = (code: string): string[] =>
  [...withoutComments(code).matchAll(/var<workgroup>\s+(\w+)\s*:\s*array\b/g)].map((match) => match[1]!);

/** Invocations of a workgroup, as the text says. */
export function invocationsOf(code: string): number {
  const [, sizes = ''] = /@workgroup_size\(([^)]*)\)/.exec(withoutComments(code)) ?? [];
  return sizes.split(',').reduce((count, size) => count * (Number.parseInt(size, 10) || 1), 1);
}

/** @throws Error where the text has no `fn main` */
export function tracedText(code: string, targets: readonly Target[]): string {
  const text = withoutComments(code);
  const entry = /fn\s+main\s*\(([^)]*(?:\([^)]*\)[^)]*)*)\)\s*\{/.exec(text);
  if (!entry) throw new Error('there is no fn main(...) in this text');
  const [header, parameters] = [entry[0], entry[1]!];
  const added: string[] = [];
  const builtin = (name: string, type: string): string => {
    const given = new RegExp(`@builtin\\(\\s*${name}\\s*\\)\\s*(\\w+)`).exec(parameters)?.[1];
    if (given) return given;
    added.push(`@builtin(${name}) traced_${name}: ${type}`);
    return `traced_${name}`;
  };
  const [wid, grid] = [builtin('workgroup_id', 'vec3u'), builtin('num_workgroups', 'vec3u')];
  const local = builtin('local_invocation_index', 'u32');
  const all = [parameters.trim().replace(/,$/, ''), ...added].filter((p) => p !== '').join(', ');
  const start = [
    `fn main(${all}) {`,
    `  let traced_group = ${wid}.x + ${grid}.x * (${wid}.y + ${grid}.y * ${wid}.z);`,
    `  traced_thread = traced_group * ${invocationsOf(code)}u + ${local};`,
    `  traced_mine = ${local} == traced.y;`,
    `  if (traced.z == ${TASK.trace}u && traced_group != traced.x) { return; }`,
  ].join('\n');
  const [before, after] = [text.slice(0, entry.index), text.slice(entry.index + header.length)];
  const attribute = before.lastIndexOf('@compute');
  const functions = noteIndices(before.slice(0, attribute), targets);
  return `${functions}${NOTING}${before.slice(attribute)}${start}${noteIndices(after, targets)}`;
}

const withoutComments = (code: string): string => code.replace(/\/\/.*$/gm, '').replace(/\/\*[\s\S]*?\*\//g, '');

function noteIndices(text: string, targets: readonly Target[]): string {
  const pattern = new RegExp(`(?<![.\\w])(${targets.map(({ name }) => name).join('|')})\\s*\\[`, 'g');
  let result = '';
  let from = 0;
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    const open = match.index + match[0].length;
    const close = closing(text, open);
    const number = targets.findIndex(({ name }) => name === match![1]);
    const { first, size } = targets[number]!;
    const how = access(text.slice(close + 1));
    const index = noteIndices(text.slice(open, close), targets);
    result += `${text.slice(from, open)}traced_${how}(${number}u, ${first}u, ${size}u, u32(${index}))`;
    from = close;
    pattern.lastIndex = close;
  }
  return result + text.slice(from);
}

/** Where the bracket that was opened before `from` closes. */
function closing(text: string, from: number): number {
  let depth = 1;
  for (let at = from; at < text.length; at++) {
    if (text[at] === '[') depth++;
    else if (text[at] === ']' && --depth === 0) return at;
  }
  throw new Error('a bracket is never closed');
}

/** By what stands behind the element: `= 1`, `.x += 1`, or anything else. */
function access(behind: string): 'read' | 'write' | 'update' {
  if (/^\s*(\.\w+\s*)?=(?!=)/.test(behind)) return 'write';
  return /^\s*(\.\w+\s*)?[-+*/]=/.test(behind) ? 'update' : 'read';
}
