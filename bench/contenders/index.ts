import { atomics } from './atomics.ts';
import type { Contender } from './contender.ts';
import { millraceMpmc } from './millrace-mpmc.ts';
import { millraceSpsc } from './millrace-spsc.ts';
import { postMessage, postMessage100, postMessageUnbounded } from './post-message.ts';

export type { Contender, Endpoint } from './contender.ts';
export { CONTENDERS, contenderNamed, millraceSpsc, postMessage };

/** In the order of the table. */
const CONTENDERS: readonly Contender[] = [
  millraceSpsc,
  millraceMpmc,
  atomics,
  postMessage,
  postMessage100,
  postMessageUnbounded,
];

function contenderNamed(name: string): Contender {
  const contender = CONTENDERS.find((candidate) => candidate.name === name);
  if (contender === undefined) throw new Error(`There is no contender named ${name}.`);
  return contender;
}
