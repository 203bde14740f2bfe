/** The key in the environment data of all threads under which consumers find how many producers there are. */
export const PRODUCERS = 'bench.producers';
