#pragma once

#include <concurrentqueue/concurrentqueue.h>

#include <boost/lockfree/queue.hpp>
#include <boost/lockfree/spsc_queue.hpp>
#include <cstddef>

/**
 * The queues behind one interface: `write` takes up to `count` messages and answers how many it took, `read` fills in up to
 * `count` and answers how many came; neither waits. A producer makes its `Writer`, a consumer its `Reader`.
 */

template <class Message>
class BoostSpsc {
  using Queue = boost::lockfree::spsc_queue<Message>;

 public:
  explicit BoostSpsc(std::size_t capacity, int) : queue_(capacity) {}

  struct Writer {
    explicit Writer(BoostSpsc& owner) : queue(owner.queue_) {}
    std::size_t write(const Message* messages, std::size_t count) {
      return count == 1 ? queue.push(*messages) : queue.push(messages, count);
    }
    Queue& queue;
  };

  struct Reader {
    explicit Reader(BoostSpsc& owner) : queue(owner.queue_) {}
    std::size_t read(Message* messages, std::size_t count) {
      return count == 1 ? queue.pop(*messages) : queue.pop(messages, count);
    }
    Queue& queue;
  };

 private:
  Queue queue_;
};

/** Its nodes are allocated before: `bounded_push` fails rather than making more. It has no bulk operations. */
template <class Message>
class BoostMpmc {
  using Queue = boost::lockfree::queue<Message>;

 public:
  explicit BoostMpmc(std::size_t capacity, int) : queue_(capacity) {}

  struct Writer {
    explicit Writer(BoostMpmc& owner) : queue(owner.queue_) {}
    std::size_t write(const Message* messages, std::size_t) { return queue.bounded_push(*messages); }
    Queue& queue;
  };

  struct Reader {
    explicit Reader(BoostMpmc& owner) : queue(owner.queue_) {}
    std::size_t read(Message* messages, std::size_t) { return queue.pop(*messages); }
    Queue& queue;
  };

 private:
  Queue queue_;
};

/** With tokens, as its author advises for speed. `try_enqueue` fails rather than allocating: that bounds it. */
template <class Message>
class Moodycamel {
  using Queue = moodycamel::ConcurrentQueue<Message>;

 public:
  Moodycamel(std::size_t capacity, int producers) : queue_(capacity, producers, 0) {}

  struct Writer {
    explicit Writer(Moodycamel& owner) : queue(owner.queue_), token(owner.queue_) {}
    std::size_t write(const Message* messages, std::size_t count) {
      if (count == 1) return queue.try_enqueue(token, *messages);
      return queue.try_enqueue_bulk(token, messages, count) ? count : 0;
    }
    Queue& queue;
    moodycamel::ProducerToken token;
  };

  struct Reader {
    explicit Reader(Moodycamel& owner) : queue(owner.queue_), token(owner.queue_) {}
    std::size_t read(Message* messages, std::size_t count) {
      return count == 1 ? queue.try_dequeue(token, *messages) : queue.try_dequeue_bulk(token, messages, count);
    }
    Queue& queue;
    moodycamel::ConsumerToken token;
  };

 private:
  Queue queue_;
};
