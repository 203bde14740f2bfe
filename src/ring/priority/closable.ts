/** What the ends of a priority ring ask their ring, which has several rings to ask. */
export interface Closable {
  readonly closed: boolean;
  close(): void;
  fail(error: unknown): void;
}
