import { WgslParser } from 'wgsl_reflect/wgsl_reflect.module.js';
import { readFileSync } from 'node:fs';
const seen = new Map<string, string>();
const text = `fn f(p: ptr<function, f32>) -> f32 { return 1.0; }
var<workgroup> s: array<vec4f, 4>;
var<workgroup> t: atomic<u32>;
@group(0) @binding(0) var<storage, read_write> y: array<f32>;
const K = -3;
const M = 5u;
@compute @workgroup_size(64, 1, 1)
fn main(@builtin(global_invocation_id) gid: vec3u) {
  let i = gid.x + 4194240u;
  if (i >= 3u) { return; } else if (i == 2u) { y[1] = 2; } else { y[0] = 1f; }
  s[i].x += 3.0f * -y[i + 1u];
  for (var c = 0u; c < M; c++) { y[c] += f(1.0) * 2.0; continue; }
  let v = vec4f(s[1].x, vec2u(1u, 2u).yx, 1.0).zyx;
  let r = array<f32, 2>(1.0, 2.0)[1];
  if (i >= arrayLength(&y)) { return; }
  let b = bitcast<u32>(1.0f);
  workgroupBarrier();
  let q = select(1.0, 2.0, i < 3u && all(vec2u(1u) < vec2u(2u)));
  for (; i < 3u; i += 16u) { }
  loop { if (i > 2u) { break; } }
  while (i > 3u) { i -= 1u; }
  let z: f32 = 0x10u; let neg = -0x40000000;
  let h = (y[0] + 1.0).x;
}`;
const ast = new WgslParser().parse(text);
const strip = (n: any, depth=0): any => Array.isArray(n) ? n.map(x=>strip(x)) : n && typeof n === 'object' ? (n.isAstNode ?? (n.astNodeType!==undefined) ? Object.fromEntries([['T', n.constructor.name+':'+n.astNodeType], ...Object.entries(n).filter(([k,v])=>!['id','start','end','calls','_evaluating','cachedReturnValue','hasParen'].includes(k)&&v!==null).map(([k,v])=>[k,strip(v)])]) : n.constructor?.name==='ScalarData' ? {Scalar: n.value, t: n.typeInfo.name} : String(n)) : n;
console.log(JSON.stringify(strip(ast),null,1).replace(/\n\s*/g,' ').slice(0, 14000));
