import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/** Messages from producers to consumers, in phases, as in bench/run/flow.ts. */
final class Flow {
  private static final int FIRST_COUNT = 2000;
  private static final double GROWTH_MAX = 20;
  private static final int COUNT_MAX = 1 << 30;

  /**
   * One queue from its making to its end.
   *
   * @param count messages of each producer
   */
  record Phase(int count, double seconds, int checksum) {
    /** How many messages would take about {@code ms}, going by this phase, which was shorter. */
    int countFor(double ms) {
      double growth = Math.min(GROWTH_MAX, Math.max(1, ms / (seconds * 1000)));
      return (int) Math.min(COUNT_MAX, Math.ceil(count * growth));
    }
  }

  /** Messages that stand one after the other: a producer sends {@code from} to {@code to} - 1 in the name of {@code producer}. */
  private record Span(int producer, int from, int to) {}

  private final Options options;

  Flow(Options options) {
    this.options = options;
  }

  /** Phases that grow until one lasts long enough for everything to be warm, then the one that counts. */
  Phase measure() {
    Phase phase = run(FIRST_COUNT, "");
    while (phase.seconds * 1000 < options.warmUpMs() * 0.8 && phase.count < COUNT_MAX) {
      phase = run(Math.max(phase.countFor(options.warmUpMs()), phase.count * 2), "");
    }
    int count = options.messages() > 0 ? options.messages() : phase.countFor(options.measureMs());
    return run(count, options.fault());
  }

  private Phase run(int count, String fault) {
    Channel channel = Channel.named(options, Channel.Waiting.FLOW);
    CountDownLatch ready = new CountDownLatch(options.producers() + options.consumers());
    CountDownLatch gate = new CountDownLatch(1);
    AtomicInteger finished = new AtomicInteger();
    Tally[] tallies = new Tally[options.consumers()];
    long[] ends = new long[options.consumers()];
    Thread[] producers = start(options.producers(), ready, gate, producer -> {
      produce(channel, spansOf(producer, count, fault));
      if (finished.incrementAndGet() == options.producers()) channel.end();
    });
    Thread[] consumers = start(options.consumers(), ready, gate, consumer -> {
      Verifier verifier = Verifier.of(options);
      channel.consume(consumer, verifier::see);
      ends[consumer] = System.nanoTime();
      tallies[consumer] = verifier.tally();
    });
    Threads.await(ready);
    long start = System.nanoTime();
    gate.countDown();
    for (Thread thread : producers) Threads.join(thread);
    for (Thread thread : consumers) Threads.join(thread);
    Tally total = new Tally(options.producers());
    for (Tally tally : tallies) total.addAll(tally);
    total.verify(count);
    return new Phase(count, (Arrays.stream(ends).max().orElseThrow() - start) / 1e9, total.checksum());
  }

  private interface Work {
    void run(int number);
  }

  private static Thread[] start(int threads, CountDownLatch ready, CountDownLatch gate, Work work) {
    return IntStream.range(0, threads).mapToObj(number -> {
      Thread thread = new Thread(() -> {
        ready.countDown();
        Threads.await(gate);
        work.run(number);
      });
      thread.start();
      return thread;
    }).toArray(Thread[]::new);
  }

  /** What a producer sends: everything, or, where a fault is asked for, what the verification has to find. */
  private List<Span> spansOf(int producer, int count, String fault) {
    if (producer > 0) return List.of(new Span(producer, 0, count));
    int at = count / 2;
    return switch (fault) {
      case "drop" -> List.of(new Span(0, 0, at), new Span(0, at + 1, count));
      case "repeat" -> List.of(new Span(0, 0, at + 1), new Span(0, at, count));
      case "stranger" ->
          List.of(new Span(0, 0, at), new Span(options.producers(), at, at + 1), new Span(0, at + 1, count));
      default -> List.of(new Span(0, 0, count));
    };
  }

  private void produce(Channel channel, List<Span> spans) {
    Message[] messages = new Message[options.batch()];
    Arrays.setAll(messages, place -> Message.ofBytes(options.bytes()));
    for (Span span : spans) produce(channel, span, messages);
  }

  private static void produce(Channel channel, Span span, Message[] messages) {
    for (int next = span.from; next < span.to; ) {
      int count = Math.min(messages.length, span.to - next);
      for (int i = 0; i < count; i++) messages[i].stamp(span.producer, next + i);
      channel.write(messages, count);
      next += count;
    }
  }
}
