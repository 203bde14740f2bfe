import java.util.function.Consumer;

/** Queues that take a new object for each message. After the last one comes an object that means the end. */
abstract class ObjectChannel implements Channel {
  protected static final Object END = new Object();

  protected final Options options;

  ObjectChannel(Options options) {
    this.options = options;
  }

  /** Waits for room. */
  protected abstract void put(Object object);

  /** Waits for an object. */
  protected abstract Object take();

  @Override
  public void write(Message[] messages, int count) {
    for (int i = 0; i < count; i++) put(messages[i].boxed());
  }

  @Override
  public void end() {
    put(END);
  }

  @Override
  public void consume(int consumer, Consumer<Message> see) {
    Message message = Message.ofBytes(options.bytes());
    for (Object object; (object = take()) != END; ) {
      message.unbox(object);
      see.accept(message);
    }
    passEndOn();
  }

  /** There is one end for all consumers. */
  protected void passEndOn() {
    if (options.consumers() > 1) put(END);
  }
}
