/** The worker as a function: a question, and the promise of its answer. */
import type { Answer, Question } from './messages.ts';

export interface Asker {
  /** Rejects with the worker's error. */
  ask(question: Question): Promise<Exclude<Answer, { error: string }>>;
  close(): void;
}

export function openAsker(): Asker {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  const waiting = new Map<number, PromiseWithHandles>();
  let asked = 0;
  worker.addEventListener('message', ({ data }: MessageEvent<{ id: number; answer: Answer }>) => {
    const { resolve, reject } = waiting.get(data.id)!;
    waiting.delete(data.id);
    if ('error' in data.answer) reject(new Error(data.answer.error));
    else resolve(data.answer);
  });
  worker.addEventListener('error', ({ message }) => {
    for (const { reject } of waiting.values()) reject(new Error(message));
    waiting.clear();
  });
  return {
    ask: (question) =>
      new Promise((resolve, reject) => {
        waiting.set(++asked, { resolve, reject });
        worker.postMessage({ id: asked, question });
      }),
    close: () => worker.terminate(),
  };
}

interface PromiseWithHandles {
  resolve(answer: Exclude<Answer, { error: string }>): void;
  reject(error: Error): void;
}
