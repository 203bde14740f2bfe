import java.util.concurrent.CountDownLatch;

/** Waiting for threads, which nobody interrupts here. */
final class Threads {
  private Threads() {}

  static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException error) {
      throw new IllegalStateException(error);
    }
  }

  static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException error) {
      throw new IllegalStateException(error);
    }
  }
}
