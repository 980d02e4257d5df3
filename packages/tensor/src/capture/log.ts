/**
 * The log of a step: an output that is only looked at (a loss, D(x)) is copied behind each run, in the step's own submission,
 * into a row of a mappable page. A full page is mapped while the next one fills, so that reading never stalls the queue.
 */
import { decode, type TypedArray } from '../dtype.ts';
import { CaptureError, GpuError } from '../errors.ts';
import type { Tap } from '../runtime/executable.ts';
import { createMappable, readMapped } from '../runtime/staging.ts';
import { formatShape } from '../shape.ts';
import { Tensor } from '../tensor.ts';

export interface LogOptions<O> {
  /** Which tensor of the step's result is logged; a few values. Default: the result, where that is one tensor. */
  output?: (result: O) => Tensor;
  /** Rows of a page: runs whose values come back together. Fewer do while pages take longer than 0.1 s. Default 16. */
  every?: number;
}

/** The values that a step's logged output has had, a row a run, in the order of the runs since the log was made. */
export interface Log {
  /**
   * The rows that have come back since the last call; to be awaited behind each call of the step, or every few. It waits only
   * where the device is two pages behind, so that the queue cannot grow without bound.
   * @throws GpuError or DeviceLostError where the device failed
   */
  arrived(): Promise<TypedArray[]>;
  /** All rows that are left; waits until the runs submitted so far are done. */
  flush(): Promise<TypedArray[]>;
  /** Ends the log; rows that were not taken are lost. */
  close(): void;
}

/** One that fills, one on its way, and one for a caller who does not await the log behind every call. */
const PAGES = 3;
/** Pages on their way that `arrived` does not wait for. */
const IN_FLIGHT = 1;
/** Milliseconds that a row should come late at most. */
const LATENCY = 100;

interface Page {
  buffer: GPUBuffer;
  rows: number;
  sent: number;
  mapping: Promise<undefined>;
}

export class RowLog<O> implements Log, Tap {
  private readonly pick: (result: O) => Tensor;
  private readonly every: number;
  private readonly onClose: () => void;
  private source: Tensor | null = null;
  private row: Tensor | null = null;
  private readonly pages: Page[] = [];
  private readonly free: Page[] = [];
  private filling: Page | null = null;
  private readonly full: Page[] = [];
  private readonly sent: Page[] = [];
  private readonly ready: TypedArray[] = [];
  /** Rows after which `arrived` sends a page that is not full: as many as come back within the latency. */
  private pace = 1;
  private closed = false;

  constructor({ output, every = 16 }: LogOptions<O>, onClose: () => void) {
    if (!(Number.isInteger(every) && every >= 1))
      throw new CaptureError(`log: every: expected a whole number of rows of at least 1, got ${every}`);
    this.pick = output ?? onlyTensor;
    this.every = every;
    this.onClose = onClose;
  }

  /** Says which memory the coming runs leave their rows in, and makes sure that there is room for all of them. */
  reserve(result: O, runs: number): void {
    const source = this.pick(result);
    this.row ??= source;
    if (source.dtype !== this.row.dtype || source.size !== this.row.size)
      throw new CaptureError(
        `log: expected ${this.row.dtype}${formatShape(this.row.shape)} in every row, as in the first, got ${source.dtype}${formatShape(source.shape)}; log another output, or make a log for each shape`,
      );
    this.source = source;
    const room = PAGES * this.every - [this.filling, ...this.full, ...this.sent].reduce((n, p) => n + this.taken(p), 0);
    if (runs > room)
      throw new CaptureError(
        `log: there is room for ${room} more rows (${PAGES} pages of ${this.every}), and the call makes ${runs}; await log.arrived() between calls, or log with a larger \`every\``,
      );
  }

  private taken(page: Page | null): number {
    if (page === null) return 0;
    return page === this.filling ? page.rows : this.every;
  }

  copyRow(encoder: GPUCommandEncoder): void {
    this.filling ??= this.free.pop() ?? this.addPage();
    const page = this.filling;
    const { storage, offset, bytes } = this.source!;
    encoder.copyBufferToBuffer(storage!.buffer, offset, page.buffer, page.rows * bytes, bytes);
    page.rows++;
    if (page.rows < this.every) return;
    this.full.push(page);
    this.filling = null;
  }

  submitted(): void {
    for (const page of this.full.splice(0)) this.send(page);
  }

  async arrived(): Promise<TypedArray[]> {
    this.checkOpen();
    if (this.filling && this.filling.rows >= this.pace) this.sendFilling();
    while (this.sent.length > IN_FLIGHT || this.sent[0]?.buffer.mapState === 'mapped') await this.receive();
    return this.ready.splice(0);
  }

  async flush(): Promise<TypedArray[]> {
    this.checkOpen();
    this.sendFilling();
    while (this.sent.length > 0) await this.receive();
    return this.ready.splice(0);
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    for (const { buffer } of this.pages) buffer.destroy();
    this.onClose();
  }

  private checkOpen(): void {
    if (this.closed) throw new CaptureError('log: this log was closed, by close() or with its step');
  }

  private sendFilling(): void {
    if (!this.filling?.rows) return;
    this.send(this.filling);
    this.filling = null;
  }

  private send(page: Page): void {
    page.sent = performance.now();
    page.mapping = page.buffer.mapAsync(GPUMapMode.READ);
    page.mapping.catch(() => {}); // told to whoever awaits the page
    this.sent.push(page);
  }

  /** Waits for the page that was sent first. Two callers may wait for the same. */
  private async receive(): Promise<void> {
    const [page] = this.sent;
    const { device, bytes, dtype, size } = this.row!;
    try {
      await device.wait(page!.mapping);
    } catch (cause) {
      device.check();
      throw new GpuError(`log: reading ${page!.rows} rows failed: ${(cause as Error).message}`);
    }
    device.check();
    if (this.sent[0] !== page) return;
    this.sent.shift();
    const values = readMapped(page!.buffer, page!.rows * bytes);
    for (let at = 0; at < page!.rows * bytes; at += bytes)
      this.ready.push(decode(dtype, values.slice(at, at + bytes), size));
    page!.rows = 0;
    this.free.push(page!);
    const late = performance.now() - page!.sent;
    if (late > LATENCY) this.pace = Math.max(1, this.pace >> 1);
    else if (late < LATENCY / 2) this.pace = Math.min(this.every, 2 * this.pace);
  }

  private addPage(): Page {
    const { device, bytes } = this.row!;
    const buffer = createMappable(device, this.every * bytes);
    const page = { buffer, rows: 0, sent: 0, mapping: Promise.resolve(undefined) };
    this.pages.push(page);
    return page;
  }
}

function onlyTensor(result: unknown): Tensor {
  if (result instanceof Tensor) return result;
  throw new CaptureError('log: the step returns more than one tensor; name one: step.log({ output: (result) => ... })');
}
