/** Two words a line: 'user number'. @param {string} line */
export default function parse(line) {
  const [user, n] = line.split(' ');
  return n === undefined ? undefined : { user, n: Number(n) };
}
