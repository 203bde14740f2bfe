/**
 * A message of bench/payloads, byte by byte, in memory of its own: what one sends, and how one that arrived is looked at. A
 * process loads one of its classes only, so that all calls are direct.
 */
abstract class Message {
  static Message ofBytes(int bytes) {
    return switch (bytes) {
      case 8 -> new NumberMessage();
      case 64, 1024 -> new BytesMessage(bytes);
      default -> throw new IllegalArgumentException("messages have 8, 64 or 1024 bytes");
    };
  }

  abstract void stamp(int producer, int sequence);

  abstract boolean is(int producer, int sequence);

  abstract int producer();

  abstract int sequence(int producer);

  abstract void copyFrom(Message other);

  /** A new object with the same contents, for queues of objects. */
  abstract Object boxed();

  /** Copies from an object that {@code boxed} made. */
  abstract void unbox(Object boxed);
}
