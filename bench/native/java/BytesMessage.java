import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** See bench/payloads/bytes.ts. Queues of objects get it as a {@code byte[]}. */
final class BytesMessage extends Message {
  private static final int PRODUCER_AT = 4;
  private static final int PATTERN_AT = 5;
  private static final VarHandle INT32 =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private final byte[] bytes;
  private final int tail;

  BytesMessage(int size) {
    bytes = new byte[size];
    tail = size - Integer.BYTES;
    for (int at = 0; at < size; at++) bytes[at] = pattern(at);
  }

  @Override
  void stamp(int producer, int sequence) {
    INT32.set(bytes, 0, sequence);
    bytes[PRODUCER_AT] = (byte) producer;
    INT32.set(bytes, tail, sequence);
  }

  @Override
  boolean is(int producer, int sequence) {
    int look = PATTERN_AT + Integer.remainderUnsigned(sequence, tail - PATTERN_AT);
    return (int) INT32.get(bytes, 0) == sequence
        && bytes[PRODUCER_AT] == producer
        && bytes[look] == pattern(look)
        && (int) INT32.get(bytes, tail) == sequence;
  }

  @Override
  int producer() {
    return bytes[PRODUCER_AT];
  }

  @Override
  int sequence(int producer) {
    return (int) INT32.get(bytes, 0);
  }

  @Override
  void copyFrom(Message other) {
    unbox(((BytesMessage) other).bytes);
  }

  @Override
  Object boxed() {
    return bytes.clone();
  }

  @Override
  void unbox(Object boxed) {
    System.arraycopy(boxed, 0, bytes, 0, bytes.length);
  }

  private static byte pattern(int at) {
    return (byte) (at * 7 + 1);
  }
}
