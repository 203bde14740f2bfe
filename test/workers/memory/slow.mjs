/** About two microseconds of work. @param {{ id: number }} record */
export default function slow({ id }) {
  let x = id;
  for (let i = 0; i < 1500; i++) x = (Math.imul(x, 1664525) + 1013904223) | 0;
  return { id, x: x >>> 0 };
}
