import { mpmc } from 'millrace/ring';
import { millrace } from './millrace.ts';

export const millraceMpmc = millrace('mpmc', mpmc, () => true);
