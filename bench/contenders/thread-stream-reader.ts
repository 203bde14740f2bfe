import { Writable } from 'node:stream';
import type { MessagePort } from 'node:worker_threads';
import { PAYLOADS, type PayloadName } from '../payloads/index.ts';
import { verifierFor } from '../payloads/verify.ts';

export interface LineReaderData {
  /** Where the tally goes. */
  readonly port: MessagePort;
  readonly payload: PayloadName;
}

/** What `thread-stream` runs in its thread: it takes lines of JSON and looks at every one of them. */
export default function lineReader({ port, payload }: LineReaderData): Writable {
  const verifier = verifierFor(PAYLOADS[payload], 1, 1);
  let rest = '';
  return new Writable({
    decodeStrings: false,
    write(chunk: string | Buffer, _encoding, done) {
      const lines = (rest + chunk.toString()).split('\n');
      rest = lines.pop() as string;
      for (const line of lines) verifier.see(JSON.parse(line));
      done();
    },
    final(done) {
      port.postMessage(verifier.tally());
      port.close();
      done();
    },
  });
}
