/** See bench/payloads/number.ts. Queues of objects get it as a {@code Double}. */
final class NumberMessage extends Message {
  private static final double PRODUCER_STEP = 1L << 40;

  double value;

  @Override
  void stamp(int producer, int sequence) {
    value = producer * PRODUCER_STEP + sequence + 0.5;
  }

  @Override
  boolean is(int producer, int sequence) {
    return value == producer * PRODUCER_STEP + sequence + 0.5;
  }

  @Override
  int producer() {
    return (int) Math.floor(value / PRODUCER_STEP);
  }

  @Override
  int sequence(int producer) {
    return (int) (value - producer * PRODUCER_STEP - 0.5);
  }

  @Override
  void copyFrom(Message other) {
    value = ((NumberMessage) other).value;
  }

  @Override
  Object boxed() {
    return value;
  }

  @Override
  void unbox(Object boxed) {
    value = (Double) boxed;
  }
}
