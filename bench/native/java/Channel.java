import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.jctools.queues.MpmcArrayQueue;
import org.jctools.queues.SpscArrayQueue;

/** The queues behind one interface. */
interface Channel {
  /** How the two sides wait for each other. */
  enum Waiting {
    /** As suits a flow. */
    FLOW,
    /** Looking again and again. */
    SPIN,
    /** Asleep. */
    PARK
  }

  /** Sends the first {@code count} of the messages, which the caller may use again, and waits for room. */
  void write(Message[] messages, int count);

  /** Called once, after all producers have sent everything. */
  void end();

  /** Shows every message that the consumer of this number gets, in memory of its own, until the end. */
  void consume(int consumer, Consumer<Message> see);

  /** A fresh one. */
  static Channel named(Options options, Waiting waiting) {
    int capacity = options.capacity();
    return switch (options.queue()) {
      case "array-blocking-queue" -> new BlockingChannel(new ArrayBlockingQueue<>(capacity), options);
      case "linked-blocking-queue" -> new BlockingChannel(new LinkedBlockingQueue<>(capacity), options);
      case "jctools-spsc" -> new PolledChannel(spsc(options), options, waiting);
      case "jctools-mpmc" -> new PolledChannel(new MpmcArrayQueue<>(capacity), options, waiting);
      case "disruptor" -> new DisruptorChannel(options, waiting);
      default -> throw new IllegalArgumentException("no queue is named " + options.queue());
    };
  }

  private static SpscArrayQueue<Object> spsc(Options options) {
    if (!options.betweenTwo()) throw new IllegalArgumentException("jctools-spsc has one of each");
    return new SpscArrayQueue<>(options.capacity());
  }
}
