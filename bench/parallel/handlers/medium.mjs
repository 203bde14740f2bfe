/** Work that depends on every step of it. @param {{ id: number }} record */
export default function handle({ id }) {
  let x = id;
  for (let i = 0; i < 1400; i++) x = (Math.imul(x, 1664525) + 1013904223) | 0;
  return { id, y: x >>> 0 };
}

/** For pools that are given several records at a time. @param {{ id: number }[]} records */
export const batch = (records) => records.map((record) => handle(record));
