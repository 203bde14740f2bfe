import { ThreadWorker } from 'poolifier';
import type { Item } from './work.ts';
import handle from './work-thread.ts';

export default new ThreadWorker((item?: Item) => handle(item as Item));
