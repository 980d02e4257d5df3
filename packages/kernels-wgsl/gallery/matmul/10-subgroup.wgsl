// matmul: c [m, n] = a [m, k] b [k, n], either transposed in memory, for each of a batch
// m=64,n=6272,k=100,transposeA=false,transposeB=false,batchA=1,batchB=1
// rung 10-subgroup for gpu, one dispatch
//
// cost        80.28 Mflop, 4.14 MB: 19.4 flop/B
// workgroups  100 x 1 x 1 of 64 invocations
// features    subgroups, subgroup_id
// binding     0  a  read        f32    input 0   25.6 kB
// binding     1  b  read        vec4f  input 1   2.509 MB
// binding     2  c  read_write  vec4f  output 0  1.606 MB

// matmul/10-subgroup
// c = a b: a [1,64,100], b [1,100,6272] -> c [1,64,6272].
// Invocations side by side in C need the same rows of A: each loads another element of k of them, and shuffles
// hand these around the subgroup, with no workgroup memory and no barrier. The sharers are those of up to 32
// that are in one subgroup, so that it runs on subgroups of any size; the larger they are (32 or 64 on a GPU),
// the fewer the loads of A.
// A workgroup computes 16 x 256 of C's 64 x 6272, an invocation 8 x 8, 32 side by side.

enable subgroups;

const M = 64u;
const N = 6272u;
const ROWS = 64u;
const OUTER = 1u;
const INNER = 100u;
const TILES = 100u;
const TILES_N = 25u;

@group(0) @binding(0) var<storage, read> a: array<f32>;
@group(0) @binding(1) var<storage, read> b: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> c: array<vec4f>;

fn a_line(m: u32) -> u32 { return m * (100u); }
fn a_base(line: u32, o: u32) -> u32 { return line + o * (INNER); }
fn a_load(base: u32, c: u32) -> f32 { return a[base + c]; }

fn b_line(n: u32) -> u32 { return n; }
fn b_base(line: u32, o: u32) -> u32 { return line + o * (INNER * 1568u); }
fn b_load(base: u32, c: u32) -> vec4f { return b[base + c * 1568u]; }


fn store(index: u32, result: vec4f) {
  c[index] = result;
}

@compute @workgroup_size(64, 1, 1)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(subgroup_id) sid: u32, @builtin(subgroup_invocation_id) lane: u32, @builtin(subgroup_size) lanes: u32) {
  let tile = wid.x + wid.y * 65535u;
  if (tile >= TILES) { return; }
  // How many invocations share what they load, and the first of them.
  let sharers = min(lanes, 32u);
  let first = lane - lane % sharers;
  let place = sid * lanes + lane;
  let m = tile / TILES_N * 16u + place / 32u * 8u;
  let n = tile % TILES_N * 256u + place % 32u * 8u;
  let a_line0 = a_line(m);
  let a_line1 = a_line(m + 1u);
  let a_line2 = a_line(m + 2u);
  let a_line3 = a_line(m + 3u);
  let a_line4 = a_line(m + 4u);
  let a_line5 = a_line(m + 5u);
  let a_line6 = a_line(m + 6u);
  let a_line7 = a_line(m + 7u);
  let b_line0 = b_line(min(n / 4u, 1567u));
  let b_line1 = b_line(min(n / 4u + 1u, 1567u));
  var acc0_0 = vec4f();
  var acc0_1 = vec4f();
  var acc1_0 = vec4f();
  var acc1_1 = vec4f();
  var acc2_0 = vec4f();
  var acc2_1 = vec4f();
  var acc3_0 = vec4f();
  var acc3_1 = vec4f();
  var acc4_0 = vec4f();
  var acc4_1 = vec4f();
  var acc5_0 = vec4f();
  var acc5_1 = vec4f();
  var acc6_0 = vec4f();
  var acc6_1 = vec4f();
  var acc7_0 = vec4f();
  var acc7_1 = vec4f();
  for (var o = 0u; o < OUTER; o++) {
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
    let run = INNER;
    for (var c0 = 0u; c0 < run; c0 += sharers) {
      let mine = min(c0 + lane - first, run - 1u);
      let a0_0 = a_load(a_base0, mine);
      let a1_0 = a_load(a_base1, mine);
      let a2_0 = a_load(a_base2, mine);
      let a3_0 = a_load(a_base3, mine);
      let a4_0 = a_load(a_base4, mine);
      let a5_0 = a_load(a_base5, mine);
      let a6_0 = a_load(a_base6, mine);
      let a7_0 = a_load(a_base7, mine);
      for (var kk = 0u; kk < min(sharers, run - c0); kk++) {
        let c = c0 + kk;
        let row0 = subgroupShuffle(a0_0, first + kk);
        let row1 = subgroupShuffle(a1_0, first + kk);
        let row2 = subgroupShuffle(a2_0, first + kk);
        let row3 = subgroupShuffle(a3_0, first + kk);
        let row4 = subgroupShuffle(a4_0, first + kk);
        let row5 = subgroupShuffle(a5_0, first + kk);
        let row6 = subgroupShuffle(a6_0, first + kk);
        let row7 = subgroupShuffle(a7_0, first + kk);
        let b0_0 = b_load(b_base0, c);
        let b1_0 = b_load(b_base1, c);
        let column0_0 = b0_0;
        let column1_0 = b1_0;
        acc0_0 += row0 * column0_0;
        acc0_1 += row0 * column1_0;
        acc1_0 += row1 * column0_0;
        acc1_1 += row1 * column1_0;
        acc2_0 += row2 * column0_0;
        acc2_1 += row2 * column1_0;
        acc3_0 += row3 * column0_0;
        acc3_1 += row3 * column1_0;
        acc4_0 += row4 * column0_0;
        acc4_1 += row4 * column1_0;
        acc5_0 += row5 * column0_0;
        acc5_1 += row5 * column1_0;
        acc6_0 += row6 * column0_0;
        acc6_1 += row6 * column1_0;
        acc7_0 += row7 * column0_0;
        acc7_1 += row7 * column1_0;
      }
    }
  }

  let results = array<vec4f, 16>(
    acc0_0, acc0_1, acc1_0, acc1_1, acc2_0, acc2_1, acc3_0, acc3_1, acc4_0, acc4_1, acc5_0, acc5_1, acc6_0, acc6_1, acc7_0, acc7_1,
  );
  for (var r = 0u; r < 8u; r++) {
    let row = m + r;
    if (row >= ROWS) { continue; }
    for (var v = 0u; v < 2u; v++) {
      let column = n + v * 4u;
      if (column < N) { store((row * N + column) / 4u, results[r * 2u + v]); }
    }
  }
}
