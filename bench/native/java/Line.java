import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How far apart the cores are, as in bench/run/line.ts: a round trip of one word between two threads that spin, the median of
 * a hundred at a time.
 */
final class Line {
  private static final int TRIPS = 100;
  private static final int CHUNKS = 100;
  private static final long LONGEST_NS = 100_000_000;
  private static final int STOP = -1;

  private Line() {}

  /** Nanoseconds. What is measured first is thrown away: the compiler has to see it before. */
  static double measure() {
    measureOnce();
    return measureOnce();
  }

  private static double measureOnce() {
    AtomicInteger word = new AtomicInteger();
    Thread far = new Thread(() -> answer(word));
    far.start();
    long end = System.nanoTime() + LONGEST_NS;
    double[] times = new double[CHUNKS];
    int chunk = 0;
    for (; chunk < CHUNKS && System.nanoTime() < end; chunk++) {
      long start = System.nanoTime();
      for (int trip = 0; trip < TRIPS; trip++) goThereAndBack(word, 2 * (chunk * TRIPS + trip) + 1);
      times[chunk] = (double) (System.nanoTime() - start) / TRIPS;
    }
    word.set(STOP);
    Threads.join(far);
    Arrays.sort(times, 0, chunk);
    return times[chunk / 2];
  }

  private static void goThereAndBack(AtomicInteger word, int value) {
    word.set(value);
    while (word.get() != value + 1);
  }

  private static void answer(AtomicInteger word) {
    for (int due = 1; ; due += 2) {
      for (int seen; (seen = word.get()) != due; ) if (seen == STOP) return;
      word.set(due + 1);
    }
  }
}
