/**
 * A session of training and the page that shows it, which speak in messages: in a worker where workers have WebGPU, so that the page
 * never waits for it; else in the page's own thread, in slices.
 */
import { type Device, openDevice } from '@ganvas/tensor';

/** Takes the page's commands, in their order. */
export interface Session<Command> {
  take(command: Command): void;
  /** Frees what it holds on the device. */
  close(): Promise<void>;
}

export type Send<Event> = (event: Event, transfer?: Transferable[]) => void;
export type OpenSession<Command, Event> = (device: Device, send: Send<Event>) => Session<Command>;

export interface Link<Command> {
  readonly adapter: Adapter;
  readonly inWorker: boolean;
  send(command: Command, transfer?: Transferable[]): void;
  close(): void;
}

export type Adapter = Pick<Device['adapter'], 'name' | 'class' | 'software'>;

type FromWorker<Event> =
  | { kind: 'opened'; adapter: Adapter }
  | { kind: 'refused'; reason: string }
  | { kind: 'event'; event: Event };

/** The worker's whole program. */
export function serve<Command, Event>(open: OpenSession<Command, Event>): void {
  const post = (message: FromWorker<Event>, transfer: Transferable[] = []) => self.postMessage(message, { transfer });
  openDevice().then(
    (device) => {
      const session = open(device, (event, transfer) => post({ kind: 'event', event }, transfer));
      self.onmessage = ({ data }: MessageEvent<Command>) => session.take(data);
      const { name, class: kind, software } = device.adapter;
      post({ kind: 'opened', adapter: { name, class: kind, software } });
    },
    (error: unknown) => post({ kind: 'refused', reason: String(error) }),
  );
}

/**
 * @param at.worker makes the worker that serves the session
 * @param at.inPage the same session, for where workers have no WebGPU
 * @param at.device the page's own device, for that case; rejects where there is none
 * @param heed is told what the session sends
 */
export async function openLink<Command, Event>(
  at: { worker(): Worker; inPage(): Promise<OpenSession<Command, Event>>; device(): Promise<Device> },
  heed: (event: Event) => void,
): Promise<Link<Command>> {
  const worker = at.worker();
  const adapter = await answerOf<Event>(worker);
  if (adapter) {
    worker.onmessage = ({ data }: MessageEvent<FromWorker<Event>>) => {
      if (data.kind === 'event') heed(data.event);
    };
    return {
      ...{ adapter, inWorker: true },
      send: (command, transfer = []) => worker.postMessage(command, transfer),
      close: () => worker.terminate(),
    };
  }
  worker.terminate();
  const device = await at.device();
  const session = (await at.inPage())(device, heed);
  return {
    ...{ adapter: device.adapter, inWorker: false },
    send: (command) => session.take(command),
    close: () => void session.close(),
  };
}

/** The worker's adapter, or null where it has none. */
const answerOf = <Event>(worker: Worker): Promise<Adapter | null> =>
  new Promise((resolve) => {
    worker.onmessage = ({ data }: MessageEvent<FromWorker<Event>>) =>
      resolve(data.kind === 'opened' ? data.adapter : null);
    worker.onerror = () => resolve(null);
  });
