interface Typed {
  readonly n: number;
}

export default function typed({ n }: Typed): number {
  return n * (3 as number);
}
