import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/** The program of every textbook: one producer, two consumers, and a bounded queue between them. */
public class ProducerConsumer {
  static final int ITEMS = 100_000;
  static final int END = -1;

  public static void main(String[] args) throws InterruptedException {
    BlockingQueue<Integer> queue = new ArrayBlockingQueue<>(16);
    long[] sums = new long[2];
    Thread[] consumers = new Thread[2];

    for (int i = 0; i < consumers.length; i++) {
      int me = i;
      consumers[i] = new Thread(() -> {
        try {
          for (int item = queue.take(); item != END; item = queue.take()) sums[me] += item;
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      });
      consumers[i].start();
    }

    Thread producer = new Thread(() -> {
      try {
        for (int item = 1; item <= ITEMS; item++) queue.put(item); // waits while the queue is full
        for (int i = 0; i < consumers.length; i++) queue.put(END); // a queue has no end of its own
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    });
    producer.start();

    producer.join();
    for (Thread consumer : consumers) consumer.join();
    System.out.println(ITEMS + " items, sum " + (sums[0] + sums[1]));
  }
}
