/** Ctrl-C once: finish the step and save. Twice: leave at once, with the last checkpoint. SIGTERM alike. */
export interface Interrupt {
  readonly requested: boolean;
  end(): void;
}

/** @param note is told once that the run is stopping */
export function untilInterrupted(note: (line: string) => void): Interrupt {
  let requested = false;
  const onSignal = () => {
    if (requested) process.exit(130);
    requested = true;
    note('stopping after this step, then saving (Ctrl-C again leaves at once)');
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  return {
    get requested() {
      return requested;
    },
    end: () => void process.off('SIGINT', onSignal).off('SIGTERM', onSignal),
  };
}
