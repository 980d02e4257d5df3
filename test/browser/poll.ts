/** Asks again until the answer is right. @throws Error with `what` after a minute */
export async function poll(what: string, right: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + 60_000;
  while (!(await right())) {
    if (performance.now() > end) throw new Error(`waited a minute for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
