import java.util.Arrays;

/** Numbers go there and come back through two queues, as in bench/run/trips.ts. */
final class RoundTrip {
  private static final int TRIPS_MAX = 500_000;

  /**
   * @param times nanoseconds of every trip that counts, in ascending order
   * @param checksum what the numbers that came back add up to
   */
  record Trips(double[] times, int checksum) {}

  private final boolean breaks;
  private final long measureNs;
  private final Channel there;
  private final Channel back;
  private final NumberMessage number = new NumberMessage();
  private final Message[] numbers = {number};
  private final double[] times = new double[TRIPS_MAX];
  private int trips = 0;
  private int checksum = 0;
  private int sequence = 0;
  private long sentAt;
  private final long warmAt;
  private long until = Long.MAX_VALUE;
  private String fault;

  RoundTrip(Options options, Channel.Waiting waiting) {
    breaks = !options.fault().isEmpty();
    measureNs = (long) (options.measureMs() * 1e6);
    there = Channel.named(options, waiting);
    back = Channel.named(options, waiting);
    warmAt = System.nanoTime() + (long) (options.warmUpMs() * 1e6);
  }

  Trips measure() {
    Thread far = new Thread(this::echo);
    far.start();
    send(System.nanoTime());
    back.consume(0, this::answered);
    Threads.join(far);
    if (fault != null) throw new VerificationException(fault);
    if (trips == 0) throw new VerificationException("no message came back");
    double[] sorted = Arrays.copyOf(times, trips);
    Arrays.sort(sorted);
    return new Trips(sorted, checksum);
  }

  private void echo() {
    Message[] answer = new Message[1];
    there.consume(0, message -> {
      answer[0] = message;
      back.write(answer, 1);
    });
    back.end();
  }

  private void send(long now) {
    sequence++;
    sentAt = now;
    // The fault that the verification has to find: a number that is not the one that is due.
    number.value = sequence + (breaks && now >= warmAt ? 1 : 0);
    there.write(numbers, 1);
  }

  private void answered(Message answer) {
    long now = System.nanoTime();
    if (((NumberMessage) answer).value != sequence) fault = sequence + " went out and another came back";
    if (sentAt >= warmAt) count(now - sentAt);
    // The time runs from the end of the warm-up, however long its last trip took.
    else if (now >= warmAt) until = now + measureNs;
    if (now < until && trips < TRIPS_MAX && fault == null) send(now);
    else there.end();
  }

  private void count(long took) {
    times[trips++] = took;
    checksum += sequence;
  }
}
