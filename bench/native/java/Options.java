import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the command line asks for; bench/native/README.md describes it.
 *
 * @param messages of each producer in the phase that counts; 0 for as many as take about {@code measureMs}
 * @param fault what goes wrong on purpose, to see that it is found; empty for nothing
 */
record Options(
    String queue,
    String scenario,
    int producers,
    int consumers,
    int bytes,
    int batch,
    int capacity,
    int messages,
    double warmUpMs,
    double measureMs,
    String fault) {

  private static final Map<String, String> DEFAULTS =
      Map.ofEntries(
          Map.entry("queue", ""),
          Map.entry("scenario", "flow"),
          Map.entry("producers", "1"),
          Map.entry("consumers", "1"),
          Map.entry("bytes", "8"),
          Map.entry("batch", "1"),
          Map.entry("capacity", "131072"),
          Map.entry("messages", "0"),
          Map.entry("warm-up-ms", "500"),
          Map.entry("measure-ms", "400"),
          Map.entry("break", ""));

  static Options parse(String[] words) {
    if (words.length % 2 == 1) throw new IllegalArgumentException("each option needs a value");
    Map<String, String> given = new HashMap<>(DEFAULTS);
    for (int i = 0; i < words.length; i += 2) {
      String name = words[i].replaceFirst("^--", "");
      if (!given.containsKey(name)) throw new IllegalArgumentException("there is no option --" + name);
      given.put(name, words[i + 1]);
    }
    if (!List.of("", "drop", "repeat", "stranger").contains(given.get("break"))) {
      throw new IllegalArgumentException("--break knows drop, repeat and stranger");
    }
    return new Options(
        given.get("queue"),
        given.get("scenario"),
        Integer.parseInt(given.get("producers")),
        Integer.parseInt(given.get("consumers")),
        Integer.parseInt(given.get("bytes")),
        Integer.parseInt(given.get("batch")),
        Integer.parseInt(given.get("capacity")),
        Integer.parseInt(given.get("messages")),
        Double.parseDouble(given.get("warm-up-ms")),
        Double.parseDouble(given.get("measure-ms")),
        given.get("break"));
  }

  boolean betweenTwo() {
    return producers == 1 && consumers == 1;
  }
}
