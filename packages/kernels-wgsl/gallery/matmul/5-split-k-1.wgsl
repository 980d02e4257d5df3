// matmul: c [m, n] = a [m, k] b [k, n], either transposed in memory, for each of a batch
// m=64,n=64,k=6272,transposeA=false,transposeB=false,batchA=1,batchB=1
// rung 5-split-k for llvmpipe, dispatch 1 of 2
//
// cost        51.38 Mflop, 3.326 MB: 15.4 flop/B
// workgroups  1 x 1 x 7 of 64 invocations
// binding     0  a      read        f32    input 0  1.606 MB
// binding     1  b      read        vec4f  input 1  1.606 MB
// binding     2  parts  read_write  vec4f  temp 0   114.7 kB

// matmul/5-split-k
// c = a b: a [1,64,6272], b [1,6272,64] -> c [1,64,64].
// A register tile with k cut into parts that run side by side, and a second dispatch that adds their results in
// order: more invocations where C has too few tiles for the machine. The tile is the wide one, on SwiftShader
// the narrow one.
// An invocation computes 8 x 16 of C's 64 x 64 in registers.
// Slice z of the grid sums part z of k; parts holds 7 partial results.

const M = 64u;
const N = 64u;
const ROWS = 64u;
const OUTER = 49u;
const INNER = 128u;
const TILES = 32u;
const TILES_N = 4u;
const STEPS = 7u;

@group(0) @binding(0) var<storage, read> a: array<f32>;
@group(0) @binding(1) var<storage, read> b: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> parts: array<vec4f>;

fn a_line(m: u32) -> u32 { return m * (6272u); }
fn a_base(line: u32, o: u32) -> u32 { return line + o * (INNER); }
fn a_load(base: u32, c: u32) -> f32 { return a[base + c]; }

fn b_line(n: u32) -> u32 { return n; }
fn b_base(line: u32, o: u32) -> u32 { return line + o * (INNER * 16u); }
fn b_load(base: u32, c: u32) -> vec4f { return b[base + c * 16u]; }


fn store(index: u32, result: vec4f) {
  parts[index] = result;
}

@compute @workgroup_size(64, 1, 1)
fn main(@builtin(global_invocation_id) gid: vec3u) {
  let i = gid.x + gid.y * 4194240u;
  if (i >= TILES) { return; }
  let m = i / TILES_N * 8u;
  let n = i % TILES_N * 16u;
  let a_line0 = a_line(m);
  let a_line1 = a_line(m + 1u);
  let a_line2 = a_line(m + 2u);
  let a_line3 = a_line(m + 3u);
  let a_line4 = a_line(m + 4u);
  let a_line5 = a_line(m + 5u);
  let a_line6 = a_line(m + 6u);
  let a_line7 = a_line(m + 7u);
  let b_line0 = b_line(n / 4u);
  let b_line1 = b_line(n / 4u + 1u);
  let b_line2 = b_line(n / 4u + 2u);
  let b_line3 = b_line(n / 4u + 3u);
  var acc0_0 = vec4f();
  var acc0_1 = vec4f();
  var acc0_2 = vec4f();
  var acc0_3 = vec4f();
  var acc1_0 = vec4f();
  var acc1_1 = vec4f();
  var acc1_2 = vec4f();
  var acc1_3 = vec4f();
  var acc2_0 = vec4f();
  var acc2_1 = vec4f();
  var acc2_2 = vec4f();
  var acc2_3 = vec4f();
  var acc3_0 = vec4f();
  var acc3_1 = vec4f();
  var acc3_2 = vec4f();
  var acc3_3 = vec4f();
  var acc4_0 = vec4f();
  var acc4_1 = vec4f();
  var acc4_2 = vec4f();
  var acc4_3 = vec4f();
  var acc5_0 = vec4f();
  var acc5_1 = vec4f();
  var acc5_2 = vec4f();
  var acc5_3 = vec4f();
  var acc6_0 = vec4f();
  var acc6_1 = vec4f();
  var acc6_2 = vec4f();
  var acc6_3 = vec4f();
  var acc7_0 = vec4f();
  var acc7_1 = vec4f();
  var acc7_2 = vec4f();
  var acc7_3 = vec4f();
  for (var o = gid.z * STEPS; o < min(OUTER, gid.z * STEPS + STEPS); o++) {
    let a_base0 = a_base(a_line0, o);
    let a_base1 = a_base(a_line1, o);
    let a_base2 = a_base(a_line2, o);
    let a_base3 = a_base(a_line3, o);
    let a_base4 = a_base(a_line4, o);
    let a_base5 = a_base(a_line5, o);
    let a_base6 = a_base(a_line6, o);
    let a_base7 = a_base(a_line7, o);
    let b_base0 = b_base(b_line0, o);
    let b_base1 = b_base(b_line1, o);
    let b_base2 = b_base(b_line2, o);
    let b_base3 = b_base(b_line3, o);
    for (var c = 0u; c < INNER; c++) {
      let a0_0 = a_load(a_base0, c);
      let a1_0 = a_load(a_base1, c);
      let a2_0 = a_load(a_base2, c);
      let a3_0 = a_load(a_base3, c);
      let a4_0 = a_load(a_base4, c);
      let a5_0 = a_load(a_base5, c);
      let a6_0 = a_load(a_base6, c);
      let a7_0 = a_load(a_base7, c);
      let b0_0 = b_load(b_base0, c);
      let b1_0 = b_load(b_base1, c);
      let b2_0 = b_load(b_base2, c);
      let b3_0 = b_load(b_base3, c);
      let column0_0 = b0_0;
      let column1_0 = b1_0;
      let column2_0 = b2_0;
      let column3_0 = b3_0;
      acc0_0 = fma(vec4f(a0_0), column0_0, acc0_0);
      acc0_1 = fma(vec4f(a0_0), column1_0, acc0_1);
      acc0_2 = fma(vec4f(a0_0), column2_0, acc0_2);
      acc0_3 = fma(vec4f(a0_0), column3_0, acc0_3);
      acc1_0 = fma(vec4f(a1_0), column0_0, acc1_0);
      acc1_1 = fma(vec4f(a1_0), column1_0, acc1_1);
      acc1_2 = fma(vec4f(a1_0), column2_0, acc1_2);
      acc1_3 = fma(vec4f(a1_0), column3_0, acc1_3);
      acc2_0 = fma(vec4f(a2_0), column0_0, acc2_0);
      acc2_1 = fma(vec4f(a2_0), column1_0, acc2_1);
      acc2_2 = fma(vec4f(a2_0), column2_0, acc2_2);
      acc2_3 = fma(vec4f(a2_0), column3_0, acc2_3);
      acc3_0 = fma(vec4f(a3_0), column0_0, acc3_0);
      acc3_1 = fma(vec4f(a3_0), column1_0, acc3_1);
      acc3_2 = fma(vec4f(a3_0), column2_0, acc3_2);
      acc3_3 = fma(vec4f(a3_0), column3_0, acc3_3);
      acc4_0 = fma(vec4f(a4_0), column0_0, acc4_0);
      acc4_1 = fma(vec4f(a4_0), column1_0, acc4_1);
      acc4_2 = fma(vec4f(a4_0), column2_0, acc4_2);
      acc4_3 = fma(vec4f(a4_0), column3_0, acc4_3);
      acc5_0 = fma(vec4f(a5_0), column0_0, acc5_0);
      acc5_1 = fma(vec4f(a5_0), column1_0, acc5_1);
      acc5_2 = fma(vec4f(a5_0), column2_0, acc5_2);
      acc5_3 = fma(vec4f(a5_0), column3_0, acc5_3);
      acc6_0 = fma(vec4f(a6_0), column0_0, acc6_0);
      acc6_1 = fma(vec4f(a6_0), column1_0, acc6_1);
      acc6_2 = fma(vec4f(a6_0), column2_0, acc6_2);
      acc6_3 = fma(vec4f(a6_0), column3_0, acc6_3);
      acc7_0 = fma(vec4f(a7_0), column0_0, acc7_0);
      acc7_1 = fma(vec4f(a7_0), column1_0, acc7_1);
      acc7_2 = fma(vec4f(a7_0), column2_0, acc7_2);
      acc7_3 = fma(vec4f(a7_0), column3_0, acc7_3);
    }
  }

  let results = array<vec4f, 32>(
    acc0_0, acc0_1, acc0_2, acc0_3, acc1_0, acc1_1, acc1_2, acc1_3, acc2_0, acc2_1, acc2_2, acc2_3, acc3_0, acc3_1, acc3_2, acc3_3, acc4_0, acc4_1, acc4_2, acc4_3, acc5_0, acc5_1, acc5_2, acc5_3, acc6_0, acc6_1, acc6_2, acc6_3, acc7_0, acc7_1, acc7_2, acc7_3,
  );
  for (var r = 0u; r < min(8u, M - m); r++) {
    let row = m + r;
    if (row >= ROWS) { continue; }
    for (var v = 0u; v < 4u; v++) {
      let column = n + v * 4u;
      if (column < N) { store((gid.z * (ROWS * N) + row * N + column) / 4u, results[r * 4u + v]); }
    }
  }
}
