import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.function.Consumer;

/**
 * The blocking queues of java.util.concurrent. They put one object at a time whatever is asked for; where batches are,
 * consumers take what is there, up to a batch, with {@code drainTo}.
 */
final class BlockingChannel extends ObjectChannel {
  private final BlockingQueue<Object> queue;

  BlockingChannel(BlockingQueue<Object> queue, Options options) {
    super(options);
    this.queue = queue;
  }

  @Override
  protected void put(Object object) {
    try {
      queue.put(object);
    } catch (InterruptedException error) {
      throw new IllegalStateException(error);
    }
  }

  @Override
  protected Object take() {
    try {
      return queue.take();
    } catch (InterruptedException error) {
      throw new IllegalStateException(error);
    }
  }

  @Override
  public void consume(int consumer, Consumer<Message> see) {
    if (options.batch() == 1) super.consume(consumer, see);
    else consumeBatches(see);
  }

  private void consumeBatches(Consumer<Message> see) {
    Message message = Message.ofBytes(options.bytes());
    List<Object> taken = new ArrayList<>(options.batch());
    for (boolean ended = false; !ended; taken.clear()) {
      taken.add(take());
      queue.drainTo(taken, options.batch() - 1);
      int last = taken.size() - 1;
      ended = taken.get(last) == END;
      for (int i = 0; i < (ended ? last : last + 1); i++) {
        message.unbox(taken.get(i));
        see.accept(message);
      }
    }
    passEndOn();
  }
}
