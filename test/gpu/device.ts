/** The device of the engine's tests: one a test file, robustness on and no tuning, on the adapter that GANVAS_TEST_ADAPTER names. */
import { type Device, openDevice } from '@ganvas/tensor';

const adapter = process.env.GANVAS_TEST_ADAPTER ?? 'swiftshader';

/** Another device than the file's own, for a test that breaks it or needs two. The caller closes it. */
export const anotherDevice = (): Promise<Device> => openDevice({ adapter, tuning: 'off' });

/** Opens the device before the tests of this file and closes it after them; call the result for it. */
export function useDevice(): () => Device {
  let device: Device;
  beforeAll(async () => {
    device = await openDevice({ adapter, tuning: 'off' });
  });
  afterAll(() => device.close());
  return () => device;
}
