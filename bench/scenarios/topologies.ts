/** How many threads send, how many receive, and a drawing of it. */
export interface Topology {
  readonly name: string;
  readonly title: string;
  readonly producers: number;
  readonly consumers: number;
  readonly drawing: string;
}

export const oneToOne: Topology = {
  name: '1p1c',
  title: '1 producer → 1 consumer',
  producers: 1,
  consumers: 1,
  drawing: 'producer ──▶ [ queue ] ──▶ consumer',
};

export const twoToOne: Topology = {
  name: '2p1c',
  title: '2 producers → 1 consumer',
  producers: 2,
  consumers: 1,
  drawing: `
producer 0 ──┐
             ├──▶ [ queue ] ──▶ consumer
producer 1 ──┘`,
};

export const oneToTwo: Topology = {
  name: '1p2c',
  title: '1 producer → 2 consumers',
  producers: 1,
  consumers: 2,
  drawing: `
                       ┌──▶ consumer 0
producer ──▶ [ queue ] ┤                 each message goes to one of the two
                       └──▶ consumer 1`,
};

export const twoToTwo: Topology = {
  name: '2p2c',
  title: '2 producers → 2 consumers',
  producers: 2,
  consumers: 2,
  drawing: `
producer 0 ──┐               ┌──▶ consumer 0
             ├──▶ [ queue ] ─┤                 each message goes to one of the two
producer 1 ──┘               └──▶ consumer 1`,
};

export const TOPOLOGIES: readonly Topology[] = [oneToOne, twoToOne, oneToTwo, twoToTwo];

/** More threads than most machines have cores for. */
export const manyToOne = (producers: number): Topology => ({
  name: `${producers}p1c`,
  title: `${producers} producers → 1 consumer`,
  producers,
  consumers: 1,
  drawing: `
producer 0 ───┐
producer 1 ───┤
   …          ├──▶ [ queue ] ──▶ consumer
producer ${producers - 1} ───┘`,
});
