/** @param {number} value */
export default async function handle(value) {
  if (value === 3) throw Object.assign(new RangeError('three is too many'), { code: 'TOO_MANY' });
}
