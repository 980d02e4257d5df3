/** Interprets kernels beside the page, which goes on answering meanwhile. */
import type { Answer, Question } from './messages.ts';
import { type Offers, offersOf, PROBLEMS } from './problems.ts';
import { threadsOf, trace } from './trace.ts';

const known = new Map<string, Offers>();

function offers(family: string): Offers {
  const found = known.get(family) ?? offersOf(PROBLEMS.find((p) => p.family === family)!);
  known.set(family, found);
  return found;
}

function answer(question: Question): Answer {
  const all = offers(question.family);
  if (question.kind === 'trace') {
    const offer = all.offers.find(({ candidate }) => candidate.name === question.rung)!;
    return { trace: trace(all, offer, question.stage, question.thread) };
  }
  const rungs = all.offers.map((offer) => ({
    name: offer.candidate.name,
    idea: offer.candidate.idea,
    stages: offer.candidate.stages.map(({ kernel }, i) => ({ kernel: kernel.name, threads: threadsOf(offer, i) })),
  }));
  return { rungs: { offers: rungs, refused: all.refused } };
}

addEventListener('message', ({ data }: MessageEvent<{ id: number; question: Question }>) => {
  let reply: Answer;
  try {
    reply = answer(data.question);
  } catch (error) {
    reply = { error: String(error) };
  }
  postMessage({ id: data.id, answer: reply });
});
