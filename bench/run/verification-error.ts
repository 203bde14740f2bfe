/** Messages were lost, doubled, reordered or damaged. */
export class VerificationError extends Error {
  override readonly name = 'VerificationError';
}
