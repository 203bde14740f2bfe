import workerpool from 'workerpool';
import handle from './work-thread.ts';

workerpool.worker({ handle });
