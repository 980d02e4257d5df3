/** An ONNX graph as it grows: nodes in the order of their calls, constants, and names that are taken once. */
import { sizeOf } from '@ganvas/kernels-wgsl';
import { type AttributeValue, attribute, FLOAT, INT64, type OnnxNode, type OnnxTensor } from './schema.ts';

export class OnnxGraph {
  readonly nodes: OnnxNode[] = [];
  readonly constants: OnnxTensor[] = [];
  private readonly taken = new Set<string>();
  private readonly lists = new Map<string, string>();

  /** Adds a node with one output. @returns the output's name: the layer's, where a weight of one is among the inputs */
  node(opType: string, input: string[], attributes: Record<string, AttributeValue> = {}): string {
    const weight = input.find((name) => this.isConstant(name) && name.includes('.'));
    const layer = weight?.slice(0, weight.lastIndexOf('.'));
    const name = this.unique(layer ? `${layer}/${opType}` : opType);
    const attribute_ = Object.entries(attributes).map(([key, value]) => attribute(key, value));
    this.nodes.push({ opType, name, input, output: [name], attribute: attribute_ });
    return name;
  }

  floats(name: string, dims: readonly number[], data: Float32Array): string {
    const unique = this.unique(name);
    this.constants.push({ name: unique, dims, dataType: FLOAT, rawData: bytesOf(data) });
    return unique;
  }

  wholes(name: string, dims: readonly number[], data: Iterable<number>): string {
    const unique = this.unique(name);
    const rawData = bytesOf(BigInt64Array.from([...data].map(BigInt)));
    this.constants.push({ name: unique, dims, dataType: INT64, rawData });
    return unique;
  }

  /** The constant of a list of whole numbers (a shape, axes), or of one number; equal ones are one. */
  list(values: readonly number[]): string {
    return this.once(`list ${values}`, () => this.wholes(`ints_${values.join('_')}`, [values.length], values));
  }

  scalar(value: number, whole: boolean): string {
    const name = `number_${value}`.replace('.', '_'); // a dot is a weight's
    return this.once(`${whole} ${Object.is(value, -0) ? '-0' : value}`, () =>
      whole ? this.wholes(name, [], [value]) : this.floats(name, [], Float32Array.of(value)),
    );
  }

  isConstant(name: string): boolean {
    return this.constants.some((constant) => constant.name === name);
  }

  /** A name that no one has, made of the wanted one. */
  unique(wanted: string): string {
    let name = wanted;
    for (let i = 2; this.taken.has(name); i++) name = `${wanted}_${i}`;
    this.taken.add(name);
    return name;
  }

  /** Gives a node's output another name. */
  rename(from: string, to: string): void {
    const renamed = (name: string) => (name === from ? to : name);
    for (const node of this.nodes) {
      node.input = node.input.map(renamed);
      node.output = node.output.map(renamed);
    }
  }

  private once(key: string, make: () => string): string {
    const known = this.lists.get(key);
    if (known !== undefined) return known;
    const name = make();
    this.lists.set(key, name);
    return name;
  }
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array | BigInt64Array) =>
  new Uint8Array(buffer, byteOffset, byteLength);

export const filled = (dims: readonly number[], value: number): Float32Array =>
  new Float32Array(sizeOf(dims)).fill(value);
