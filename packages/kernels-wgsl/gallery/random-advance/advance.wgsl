// random-advance: the counter of random numbers moves on by what was drawn
// count=6400
// rung advance for gpu, one dispatch
//
// cost        0 flop, 16 B: 0.00 flop/B
// workgroups  1 x 1 x 1 of 1 invocations
// binding     0  state  read_write  u32  input 0  16 B

// random/advance
// state [key, key, counter low, counter high]: counter += COUNT, in 64 bits.

const COUNT = 6400u;

@group(0) @binding(0) var<storage, read_write> state: array<u32>;

@compute @workgroup_size(1, 1, 1)
fn main() {
  let low = state[2] + COUNT;
  state[2] = low;
  state[3] += select(0u, 1u, low < COUNT);
}
