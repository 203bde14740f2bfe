import { spsc } from 'millrace/ring';
import { millrace } from './millrace.ts';

export const millraceSpsc = millrace(
  'spsc',
  spsc,
  (scenario) => scenario.kind !== 'flow' || (scenario.producers === 1 && scenario.consumers === 1),
);
