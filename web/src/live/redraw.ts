/** Draws at most once a frame, however much changes. */
export function redrawer(draw: () => void): { ask(): void; close(): void } {
  let asked = 0;
  return {
    ask() {
      asked ||= requestAnimationFrame(() => {
        asked = 0;
        draw();
      });
    },
    close: () => cancelAnimationFrame(asked),
  };
}
