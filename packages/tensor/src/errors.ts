/** The errors that are not about shapes. Each message says what was done, what is wrong with it and what to do instead. */

/** Something that a captured function must not do, or a call of it that does not fit what was recorded. */
export class CaptureError extends Error {
  override name = 'CaptureError';
}

/** A tensor that was disposed, has no values, or lives on another device. */
export class TensorError extends Error {
  override name = 'TensorError';
}

/** The GPU refused or failed at something: validation, out of memory, an internal error. */
export class GpuError extends Error {
  override name = 'GpuError';
  /** The op whose dispatch failed, where the device's message tells. */
  readonly op: string | null;
  /** The kernel that ran, `conv2d/3-vec4`. */
  readonly kernel: string | null;

  constructor(message: string, op: string | null = null, kernel: string | null = null) {
    super(message);
    this.op = op;
    this.kernel = kernel;
  }
}

/** The device is gone: the driver was reset, or the device destroyed. Tensors on it are lost; open a new one. */
export class DeviceLostError extends GpuError {
  override name = 'DeviceLostError';
}
