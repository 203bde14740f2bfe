import java.util.Queue;

/** Queues that do not wait themselves. */
final class PolledChannel extends ObjectChannel {
  private static final int LAST_STEP = 6;

  private final Queue<Object> queue;
  private final boolean withPauses;

  PolledChannel(Queue<Object> queue, Options options, Waiting waiting) {
    super(options);
    this.queue = queue;
    withPauses = waiting != Waiting.SPIN;
  }

  @Override
  protected void put(Object object) {
    for (int step = 0; !queue.offer(object); step++) pause(step);
  }

  @Override
  protected Object take() {
    Object object;
    for (int step = 0; (object = queue.poll()) == null; step++) pause(step);
    return object;
  }

  /**
   * Waits longer from time to time: a side that looks without pause takes the cache line away from the other at each
   * message. After about a microsecond it offers its core to others.
   */
  private void pause(int step) {
    if (!withPauses) return;
    if (step > LAST_STEP) Thread.yield();
    else for (int i = 0; i < 1 << step; i++) Thread.onSpinWait();
  }
}
