import { f64, oneOf, struct, u32, utf8 } from '/dist/ring/index.js';

export const Tick = struct({ id: u32, px: f64, side: oneOf('B', 'S'), name: utf8(12) });

/** The `i`th message. @param {number} i */
export const tick = (i) => ({ id: i, px: i / 4, side: i % 2 === 0 ? 'B' : 'S', name: `é${i}` });
