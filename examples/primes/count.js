/** Counts the primes in a range. @param {{ from: number, to: number }} range */
export default function count({ from, to }) {
  let primes = 0;
  for (let n = Math.max(2, from); n < to; n++) if (isPrime(n)) primes++;
  return { from, to, primes };
}

/** @param {number} n */
function isPrime(n) {
  for (let divisor = 2; divisor * divisor <= n; divisor++) if (n % divisor === 0) return false;
  return true;
}
