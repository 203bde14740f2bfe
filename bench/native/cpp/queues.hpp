#pragma once

#include <concurrentqueue/concurrentqueue.h>

#include <boost/lockfree/queue.hpp>
#include <boost/lockfree/spsc_queue.hpp>
#include <cstddef>
#include <new>

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

/**
 * With tokens, as its author advises for speed. It has no bound of its own that holds for every producer: `try_enqueue`
 * takes only blocks made before, which each producer keeps for ever, so that the first one leaves none to the others. Here a
 * producer asks how many messages there are, and sends its share of the room before it asks again: about `capacity`.
 */
template <class Message>
class Moodycamel {
  using Queue = moodycamel::ConcurrentQueue<Message>;

 public:
  Moodycamel(std::size_t capacity, int producers)
      : queue_(capacity, producers, 0), capacity_(capacity), producers_(producers) {}

  struct Writer {
    explicit Writer(Moodycamel& owner) : owner(owner), token(owner.queue_) {}
    std::size_t write(const Message* messages, std::size_t count) {
      if (credit < count && (credit = owner.share()) < count) return 0;
      const bool taken = count == 1 ? owner.queue_.enqueue(token, *messages) : owner.queue_.enqueue_bulk(token, messages, count);
      if (!taken) throw std::bad_alloc();
      credit -= count;
      return count;
    }
    Moodycamel& owner;
    moodycamel::ProducerToken token;
    std::size_t credit = 0;
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
  /** Of the room there is, what one producer may fill. */
  std::size_t share() const {
    const std::size_t size = queue_.size_approx();
    return size >= capacity_ ? 0 : (capacity_ - size) / producers_;
  }

  Queue queue_;
  const std::size_t capacity_;
  const std::size_t producers_;
};
