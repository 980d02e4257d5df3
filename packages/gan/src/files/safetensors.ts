/**
 * The safetensors format (https://github.com/huggingface/safetensors): 8 bytes that count the header's, little-endian; a JSON
 * header that gives each tensor's dtype, shape and place; then the tensors' bytes, without holes. Reads as PyTorch's reader
 * does, and refuses what it refuses.
 */
import { FileError } from '../file-error.ts';
import { findDuplicateKey } from './json-keys.ts';

/** In the order in which the reference writes them: wide elements first, so that each tensor begins at a multiple of its element's size. */
const ARRAYS = { I64: Int32Array, F32: Float32Array, U32: Uint32Array, I32: Int32Array, U8: Uint8Array } as const;
export type StoredDtype = keyof typeof ARRAYS;
const bytesOf = (dtype: StoredDtype) => (dtype === 'I64' ? 8 : ARRAYS[dtype].BYTES_PER_ELEMENT);

interface ArrayOf {
  /** 64-bit whole numbers of PyTorch, of which those are read and written that fit 32. */
  I64: Int32Array;
  F32: Float32Array;
  U32: Uint32Array;
  I32: Int32Array;
  U8: Uint8Array;
}

/** A tensor at rest: `data` is row-major and has exactly the elements of `shape`. */
export type StoredTensor = {
  [D in StoredDtype]: { dtype: D; shape: number[]; data: ArrayOf[D] };
}[StoredDtype];

export interface Safetensors {
  tensors: Record<string, StoredTensor>;
  metadata: Record<string, string>;
}

const LENGTH_BYTES = 8;
/** The reference implementation's limit. */
const MAX_HEADER = 100_000_000;
const METADATA = '__metadata__';

const elements = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);
const byName = ([a]: [string, unknown], [b]: [string, unknown]) => (a < b ? -1 : 1);

/** The file's bytes. The same tensors and metadata give the same bytes, in whatever order they were put in. */
export function encodeSafetensors(
  tensors: Record<string, StoredTensor>,
  metadata: Record<string, string> = {},
): Uint8Array {
  const rank = ([, { dtype }]: [string, StoredTensor]) => Object.keys(ARRAYS).indexOf(dtype);
  const entries = Object.entries(tensors)
    .sort(byName)
    .sort((a, b) => rank(a) - rank(b));
  let end = 0;
  const table = entries.map(([name, { dtype, shape, data }]) => {
    if (name === METADATA || !(data instanceof ARRAYS[dtype]) || data.length !== elements(shape))
      throw new Error(
        `encodeSafetensors: tensor "${name}": expected ${dtype} [${shape.join(', ')}] = ${elements(shape)} elements ` +
          `and a name other than ${METADATA}, got ${data.constructor.name} of ${data.length}`,
      );
    const begin = end;
    end += data.length * bytesOf(dtype);
    return [name, { dtype, shape, data_offsets: [begin, end] }];
  });
  const described = Object.keys(metadata).length
    ? [[METADATA, Object.fromEntries(Object.entries(metadata).sort(byName))]]
    : [];
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries([...described, ...table])));
  const headerLength = Math.ceil(json.length / 8) * 8;
  const dataStart = LENGTH_BYTES + headerLength;
  const bytes = new Uint8Array(dataStart + end).fill(0x20, LENGTH_BYTES, dataStart);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerLength), true);
  bytes.set(json, LENGTH_BYTES);
  let at = dataStart;
  for (const [, { dtype, data }] of entries) {
    const { buffer, byteOffset, byteLength } = dtype === 'I64' ? BigInt64Array.from(data, BigInt) : data;
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), at);
    at += byteLength;
  }
  return bytes;
}

/**
 * Tensors and metadata of a safetensors file.
 * @param source the file's name, for error messages
 * @throws FileError with the reason, for bytes that are no whole and sound file of dtypes I64, F32, U32, I32 and U8.
 */
export function decodeSafetensors(bytes: Uint8Array, source: string): Safetensors {
  const refuse = (reason: string) => new FileError(`${source}: not a sound safetensors file: ${reason}`);
  const { header, dataStart } = readHeader(bytes, refuse);
  const { [METADATA]: metadata = {}, ...entries } = header;
  if (!isRecord(metadata) || !Object.values(metadata).every((v) => typeof v === 'string'))
    throw refuse(`${METADATA} is not a table of strings`);

  const infos = Object.entries(entries).map(([name, entry]) => tensorInfo(name, entry, refuse));
  let end = 0;
  for (const { name, begin, end: next } of [...infos].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== end) throw refuse(`"${name}" begins at byte ${begin} of the data where ${end} was due`);
    end = next;
  }
  if (dataStart + end !== bytes.length)
    throw refuse(`its tensors take ${end} bytes, ${bytes.length - dataStart} bytes of data are there`);

  const tensors = infos.map(({ name, dtype, shape, begin, end }) => {
    // A copy: the file's bytes need not lie at a multiple of the element's size. (A Buffer's own `slice` would not copy.)
    const { buffer } = Uint8Array.prototype.slice.call(bytes, dataStart + begin, dataStart + end);
    const data = dtype === 'I64' ? narrowed(name, new BigInt64Array(buffer), refuse) : new ARRAYS[dtype](buffer);
    return [name, { dtype, shape, data } as StoredTensor] as const;
  });
  return { tensors: Object.fromEntries(tensors), metadata: metadata as Record<string, string> };
}

type Refuse = (reason: string) => FileError;

function narrowed(name: string, wide: BigInt64Array, refuse: Refuse): Int32Array {
  const beyond = wide.find((value) => value !== BigInt.asIntN(32, value));
  if (beyond !== undefined) throw refuse(`"${name}" holds ${beyond}, more than the 32 bits that are read of an I64`);
  return Int32Array.from(wide, Number);
}

function readHeader(bytes: Uint8Array, refuse: Refuse): { header: Record<string, unknown>; dataStart: number } {
  if (bytes.length < LENGTH_BYTES) throw refuse(`${bytes.length} bytes, too short for the header's length`);
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (length > MAX_HEADER) throw refuse(`a header of ${length} bytes, more than ${MAX_HEADER}`);
  const dataStart = LENGTH_BYTES + length;
  if (dataStart > bytes.length)
    throw refuse(`a header of ${length} bytes, of which ${bytes.length - LENGTH_BYTES} are there`);
  let text: string;
  let header: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.subarray(LENGTH_BYTES, dataStart));
    header = JSON.parse(text);
  } catch (error) {
    throw refuse(`its header is not JSON (${error instanceof Error ? error.message : error})`);
  }
  if (!isRecord(header) || text[0] !== '{') throw refuse('its header does not begin with {');
  const duplicate = findDuplicateKey(text);
  if (duplicate !== undefined) throw refuse(`its header has ${JSON.stringify(duplicate)} twice`);
  return { header, dataStart };
}

function tensorInfo(name: string, entry: unknown, refuse: Refuse) {
  const wrong = (what: string) => refuse(`"${name}" ${what}`);
  if (!isRecord(entry)) throw wrong('is not described by dtype, shape and data_offsets');
  const { dtype, shape, data_offsets: offsets } = entry;
  if (!isDtype(dtype)) throw wrong(`has dtype ${dtype}, expected one of ${Object.keys(ARRAYS).join(', ')}`);
  if (!isWholeNumbers(shape)) throw wrong(`has shape ${JSON.stringify(shape)}, expected whole numbers`);
  if (!isWholeNumbers(offsets) || offsets.length !== 2)
    throw wrong(`has data_offsets ${JSON.stringify(offsets)}, expected [begin, end]`);
  const [begin, end] = offsets as [number, number];
  const size = elements(shape) * bytesOf(dtype);
  if (end - begin !== size)
    throw wrong(
      `is ${dtype} [${shape.join(', ')}] = ${size} bytes, and its data_offsets [${begin}, ${end}] hold ${end - begin}`,
    );
  return { name, dtype, shape, begin, end };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isDtype = (value: unknown): value is StoredDtype => typeof value === 'string' && Object.hasOwn(ARRAYS, value);
const isWholeNumbers = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((v) => Number.isSafeInteger(v) && v >= 0);
