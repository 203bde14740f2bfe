/** What one consumer saw of each producer. */
final class Tally {
  final long[] count;
  /** Of the sequences. */
  final int[] sum;
  final int[] exclusiveOr;
  /** The first thing that was wrong; {@code null} when nothing was. */
  String fault;

  Tally(int producers) {
    count = new long[producers];
    sum = new int[producers];
    exclusiveOr = new int[producers];
  }

  void add(int producer, int sequence) {
    count[producer]++;
    sum[producer] += sequence;
    exclusiveOr[producer] ^= sequence;
  }

  void addAll(Tally other) {
    if (fault == null) fault = other.fault;
    for (int producer = 0; producer < count.length; producer++) {
      count[producer] += other.count[producer];
      sum[producer] += other.sum[producer];
      exclusiveOr[producer] ^= other.exclusiveOr[producer];
    }
  }

  /** What the sequences from 0 to {@code count} - 1 of one producer add up to. */
  static Tally of(int count) {
    Tally tally = new Tally(1);
    for (int sequence = 0; sequence < count; sequence++) tally.add(0, sequence);
    return tally;
  }

  /** That each producer sent {@code sent} messages and they are all here, once. */
  void verify(int sent) {
    if (fault != null) throw new VerificationException(fault);
    Tally due = of(sent);
    for (int producer = 0; producer < count.length; producer++) {
      String who = "producer " + producer;
      if (count[producer] != sent) {
        throw new VerificationException(who + " sent " + sent + " messages, " + count[producer] + " arrived");
      }
      if (sum[producer] != due.sum[0] || exclusiveOr[producer] != due.exclusiveOr[0]) {
        throw new VerificationException("the checksum of " + who + " is wrong");
      }
    }
  }

  /** All sequences that arrived, added up, as an unsigned number of 32 bits. */
  int checksum() {
    int checksum = 0;
    for (int part : sum) checksum += part;
    return checksum;
  }
}
