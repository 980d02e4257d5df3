/**
 * Subgroup matrices in software: a kernel's WGSL with the operations on matrices replaced by loops of the same meaning, so that
 * everything else in it (fetching, rounding, slabs, regions, masks, epilogue) runs on an adapter without matrix units. A run of
 * as many invocations as the kernel allows counts as a subgroup; each holds its share of a sum.
 */
import { type Candidate, candidate, type Kernel } from '@ganvas/kernels-wgsl';

/** @param half keep the slabs in f16, as the kernel has them, where the adapter can; f32 takes twice the workgroup memory */
export function inSoftware({ name, idea, temps, stages }: Candidate, half: boolean): Candidate {
  return candidate(name, idea, () => ({
    temps,
    stages: stages.map((stage) =>
      stage.kernel.requires.subgroupMatrix ? { ...stage, kernel: softwareKernel(stage.kernel, half) } : stage,
    ),
  }));
}

function softwareKernel(kernel: Kernel, half: boolean): Kernel {
  const { workgroupStorage = 0, invocations = 0 } = kernel.requires;
  const patches = 4 * Number(/patches: array<f32, (\d+)>/.exec(kernel.code)![1]);
  const storage = half ? workgroupStorage : 2 * (workgroupStorage - patches) + patches;
  const features = half ? ['shader-f16'] : [];
  const requires = { features, invocations, workgroupStorage: storage };
  return { ...kernel, code: softwareMatrices(kernel.code, half), requires };
}

export function softwareMatrices(code: string, half: boolean): string {
  const number = (pattern: RegExp): number => Number(pattern.exec(code)![1]);
  const [k, m] = [number(/^alias Left = .*<f16, (\d+)/m), number(/^alias Left = .*, (\d+)>/m)];
  const n = number(/^alias Right = .*<f16, (\d+)/m);
  const lanes = number(/@workgroup_size\((\d+)/) / number(/^const REGIONS = (\d+)/m);
  const replacements: [RegExp, string][] = [
    [/^enable (subgroups|chromium_experimental_subgroup_matrix);\n/gm, ''],
    [/^alias Left = .*$/m, 'alias Left = vec2u; // offset and pitch in its slab'],
    [/^alias Right = .*$/m, 'alias Right = vec2u;'],
    [
      /^alias Sum = .*$/m,
      `alias Sum = array<f32, ${(m * n) / lanes}>; // one invocation's share\nvar<private> place: u32;\nvar<private> zero: u32; // keeps compilers from unrolling`,
    ],
    [/subgroupMatrixLoad<Left, row_major>\(&slab_a, /g, 'Left('],
    [/subgroupMatrixLoad<Right, row_major>\(&slab_b, /g, 'Right('],
    [/subgroupMatrixMultiplyAccumulate\(/g, 'multiply_add('],
    [/subgroupMatrixStore<row_major>\(&patches, /g, 'store_sum('],
    [/, @builtin\(subgroup_id\) sid: u32/, ''],
    [/^fn main\(.*$/m, `$&\n  let sid = lid.x / ${lanes}u;\n  place = lid.x % ${lanes}u;\n  zero = wid.x >> 31u;`],
    ...(half
      ? []
      : ([
          [/^enable f16;\n/m, ''],
          [/\bvec4<f16>/g, 'vec4f'],
          [/\bf16\b/g, 'f32'],
        ] as [RegExp, string][])),
  ];
  const text = replacements.reduce((wgsl, [pattern, by]) => {
    if (wgsl.search(pattern) < 0) throw new Error(`software matrices: the kernel has no ${pattern}\n${wgsl}`);
    return wgsl.replace(pattern, by);
  }, code);
  return text + operations(m, n, k, lanes);
}

const operations = (m: number, n: number, k: number, lanes: number): string => `
fn multiply_add(left: Left, right: Right, sum: Sum) -> Sum {
  var result = sum;
  for (var e = 0u; e < ${(m * n) / lanes}u + zero; e++) {
    let i = (e * ${lanes}u + place) / ${n}u;
    let j = (e * ${lanes}u + place) % ${n}u;
    for (var kk = 0u; kk < ${k}u + zero; kk++) {
      result[e] += f32(slab_a[left.x + i * left.y + kk]) * f32(slab_b[right.x + kk * right.y + j]);
    }
  }
  return result;
}
fn store_sum(offset: u32, sum: Sum, pitch: u32) {
  for (var e = 0u; e < ${(m * n) / lanes}u + zero; e++) {
    let i = (e * ${lanes}u + place) / ${n}u;
    patches[offset + i * pitch + (e * ${lanes}u + place) % ${n}u] = sum[e];
  }
}
`;
