import com.lmax.disruptor.BatchEventProcessor;
import com.lmax.disruptor.BlockingWaitStrategy;
import com.lmax.disruptor.BusySpinWaitStrategy;
import com.lmax.disruptor.EventHandler;
import com.lmax.disruptor.EventProcessor;
import com.lmax.disruptor.FatalExceptionHandler;
import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.Sequence;
import com.lmax.disruptor.WaitStrategy;
import com.lmax.disruptor.WorkHandler;
import com.lmax.disruptor.WorkProcessor;
import com.lmax.disruptor.YieldingWaitStrategy;
import com.lmax.disruptor.dsl.ProducerType;
import java.util.function.Consumer;

/**
 * The LMAX Disruptor as its authors use it: events made before, in which producers write and of which the one consumer
 * handles all that are there before it gives them back. Several consumers share them as workers, who claim one at a time.
 */
final class DisruptorChannel implements Channel {
  private final RingBuffer<Message> ring;
  private final Seat[] seats;

  DisruptorChannel(Options options, Waiting waiting) {
    ProducerType producers = options.producers() == 1 ? ProducerType.SINGLE : ProducerType.MULTI;
    ring = RingBuffer.create(producers, () -> Message.ofBytes(options.bytes()), options.capacity(), strategy(waiting));
    Sequence claimed = new Sequence();
    seats = new Seat[options.consumers()];
    for (int i = 0; i < seats.length; i++) {
      seats[i] = new Seat(options.bytes(), claimed);
      ring.addGatingSequences(seats[i].processor.getSequence());
    }
    if (seats.length > 1) ring.addGatingSequences(claimed);
  }

  private static WaitStrategy strategy(Waiting waiting) {
    return switch (waiting) {
      case FLOW -> new YieldingWaitStrategy();
      case SPIN -> new BusySpinWaitStrategy();
      case PARK -> new BlockingWaitStrategy();
    };
  }

  @Override
  public void write(Message[] messages, int count) {
    long last = ring.next(count);
    long first = last - count + 1;
    for (int i = 0; i < count; i++) ring.get(first + i).copyFrom(messages[i]);
    ring.publish(first, last);
  }

  /** Waits until all was handled, as {@code WorkerPool.drainAndHalt} does: who is halted leaves what it has claimed. */
  @Override
  public void end() {
    while (ring.getMinimumGatingSequence() < ring.getCursor()) Thread.yield();
    for (Seat seat : seats) seat.processor.halt();
  }

  @Override
  public void consume(int consumer, Consumer<Message> see) {
    seats[consumer].see = see;
    seats[consumer].processor.run();
  }

  /** Where one consumer sits. */
  private final class Seat implements EventHandler<Message>, WorkHandler<Message> {
    final EventProcessor processor;
    Consumer<Message> see;
    private final Message message;

    Seat(int bytes, Sequence claimed) {
      message = Message.ofBytes(bytes);
      processor =
          seats.length == 1
              ? new BatchEventProcessor<>(ring, ring.newBarrier(), this)
              : new WorkProcessor<>(ring, ring.newBarrier(), this, new FatalExceptionHandler(), claimed);
    }

    @Override
    public void onEvent(Message event, long sequence, boolean endOfBatch) {
      onEvent(event);
    }

    @Override
    public void onEvent(Message event) {
      message.copyFrom(event);
      see.accept(message);
    }
  }
}
