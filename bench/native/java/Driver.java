import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Runs one queue in one scenario and prints one line of JSON; bench/native/README.md describes both. */
final class Driver {
  private static final double[] PERCENTILES = {1, 10, 25, 50, 75, 90, 95, 99, 99.5, 99.9, 99.99};

  private Driver() {}

  public static void main(String[] words) {
    // Threads that wait for the one that failed would wait for ever.
    Thread.setDefaultUncaughtExceptionHandler((thread, error) -> {
      error.printStackTrace();
      Runtime.getRuntime().halt(3);
    });
    try {
      run(Options.parse(words));
    } catch (IllegalArgumentException error) {
      System.err.println("UsageError: " + error.getMessage());
      System.exit(2);
    } catch (VerificationException error) {
      System.out.println("{\"ok\":false,\"fault\":\"" + error.getMessage() + "\"}");
      System.exit(1);
    }
  }

  private static void run(Options options) {
    double before = Line.measure();
    String figures = switch (options.scenario()) {
      case "flow" -> flow(options);
      case "round-trip-spin" -> roundTrip(options, Channel.Waiting.SPIN);
      case "round-trip-park" -> roundTrip(options, Channel.Waiting.PARK);
      default -> throw new IllegalArgumentException("no scenario is named " + options.scenario());
    };
    double after = Line.measure();
    System.out.println(json("{%s,\"lines\":[%.1f,%.1f],\"ok\":true}", figures, before, after));
  }

  private static String flow(Options options) {
    Flow.Phase phase = new Flow(options).measure();
    return json(
        "\"messages\":%d,\"seconds\":%.9f,\"checksum\":%s",
        (long) phase.count() * options.producers(),
        phase.seconds(),
        Integer.toUnsignedString(phase.checksum()));
  }

  private static String roundTrip(Options options, Channel.Waiting waiting) {
    RoundTrip.Trips trips = new RoundTrip(options, waiting).measure();
    String curve = Arrays.stream(PERCENTILES)
        .mapToObj(percentile -> json("[%s,%.4f]", percentile, quantile(trips.times(), percentile / 100) / 1000))
        .collect(Collectors.joining(","));
    return json(
        "\"messages\":%d,\"curve\":[%s],\"checksum\":%s",
        trips.times().length, curve, Integer.toUnsignedString(trips.checksum()));
  }

  /** The value below which {@code part} of them lie, interpolated between neighbours. */
  private static double quantile(double[] sorted, double part) {
    double at = (sorted.length - 1) * part;
    double below = sorted[(int) Math.floor(at)];
    double above = sorted[(int) Math.ceil(at)];
    return below + (above - below) * (at - Math.floor(at));
  }

  private static String json(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
