/** A section's session, opened once and closed with the section, whichever comes first. */
import type { Device } from '@ganvas/tensor';
import { type Link, type OpenSession, openLink } from './link.ts';

export interface Connection<Command> {
  /** Nothing before the session is there. */
  send(command: Command, transfer?: Transferable[]): void;
  close(): void;
}

/** @param at see `openLink`; `opened` is told once */
export function connect<Command, Event>(
  at: { worker(): Worker; inPage(): Promise<OpenSession<Command, Event>>; device(): Promise<Device> },
  heed: (event: Event) => void,
  opened: (link: Link<Command>) => void,
): Connection<Command> {
  let link: Link<Command> | null = null;
  let closed = false;
  openLink<Command, Event>(at, (event) => closed || heed(event)).then(
    (found) => {
      if (closed) return found.close();
      link = found;
      opened(found);
    },
    () => {}, // the page itself says what to do where there is no WebGPU
  );
  return {
    send: (command, transfer) => link?.send(command, transfer),
    close() {
      closed = true;
      link?.close();
    },
  };
}
