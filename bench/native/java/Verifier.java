import java.util.Arrays;

/** Looks at every message that one consumer gets. What is wrong is in the tally. */
abstract class Verifier {
  static Verifier of(Options options) {
    return options.betweenTwo() ? new InSequence() : new FromMany(options.producers());
  }

  abstract void see(Message message);

  abstract Tally tally();

  /** One producer and one consumer: message n has to be message n. */
  private static final class InSequence extends Verifier {
    private int next = 0;
    private String fault;

    @Override
    void see(Message message) {
      if (!message.is(0, next)) wrong();
      next++;
    }

    @Override
    Tally tally() {
      Tally tally = Tally.of(next);
      tally.fault = fault;
      return tally;
    }

    private void wrong() {
      if (fault == null) fault = "where message " + next + " was due came another";
    }
  }

  /** Several producers or consumers: a consumer sees the messages of each producer in their order. */
  private static final class FromMany extends Verifier {
    private final Tally tally;
    private final int[] last;

    FromMany(int producers) {
      tally = new Tally(producers);
      last = new int[producers];
      Arrays.fill(last, -1);
    }

    @Override
    void see(Message message) {
      int producer = message.producer();
      if (producer < 0 || producer >= last.length) {
        wrong("came from nobody", producer, 0);
        return;
      }
      int sequence = message.sequence(producer);
      if (sequence <= last[producer]) wrong("is out of order or twice", producer, sequence);
      else if (!message.is(producer, sequence)) wrong("is damaged", producer, sequence);
      last[producer] = sequence;
      tally.add(producer, sequence);
    }

    @Override
    Tally tally() {
      return tally;
    }

    private void wrong(String what, int producer, int sequence) {
      if (tally.fault == null) tally.fault = "message " + sequence + " of producer " + producer + " " + what;
    }
  }
}
