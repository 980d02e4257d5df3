/** The device that constructors use when none is named: the one opened last. */
import { GpuError } from '../errors.ts';
import type { Device } from './device.ts';

let current: Device | null = null;

/** The device opened last, unless `setDefaultDevice` says otherwise. */
export function defaultDevice(): Device {
  if (!current) throw new GpuError('no device is open; call `await openDevice()` first');
  return current;
}

export function setDefaultDevice(device: Device | null): void {
  current = device;
}

export const isDefaultDevice = (device: Device): boolean => current === device;
