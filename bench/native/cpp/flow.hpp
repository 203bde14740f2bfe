#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <latch>
#include <stdexcept>
#include <thread>
#include <vector>

#include "backoff.hpp"
#include "options.hpp"
#include "payload.hpp"
#include "verify.hpp"

using Clock = std::chrono::steady_clock;

/** One queue from its making to its end, as in bench/run/flow.ts. */
struct Phase {
  /** Messages of each producer. */
  std::int64_t count;
  double seconds;
  std::uint32_t checksum;
};

/** Messages that stand one after the other: a producer sends `from` to `to` - 1 in the name of `producer`. */
struct Span {
  int producer;
  std::int32_t from;
  std::int32_t to;
};

/** What a producer sends: everything, or, where a fault is asked for, what the verification has to find. */
inline std::vector<Span> spans_of(int producer, int producers, std::int32_t count, const std::string& fault) {
  const std::int32_t at = count / 2;
  if (fault.empty() || producer > 0) return {{producer, 0, count}};
  if (fault == "drop") return {{producer, 0, at}, {producer, at + 1, count}};
  if (fault == "repeat") return {{producer, 0, at + 1}, {producer, at, count}};
  return {{producer, 0, at}, {producers, at, at + 1}, {producer, at + 1, count}};
}

template <class Message, class Queue, class Verifier>
class Flow {
 public:
  explicit Flow(const Options& options) : options_(options) {}

  /** Phases that grow until one lasts long enough for everything to be warm, then the one that counts. */
  Phase measure() {
    Phase phase = run(first_count, "");
    while (phase.seconds * 1000 < options_.warm_up_ms * 0.8 && phase.count < count_max) {
      phase = run(std::max(count_for(phase, options_.warm_up_ms), phase.count * 2), "");
    }
    const std::int64_t count = options_.messages > 0 ? options_.messages : count_for(phase, options_.measure_ms);
    return run(count, options_.fault);
  }

 private:
  static constexpr std::int64_t first_count = 2000;
  static constexpr double growth_max = 20;
  static constexpr std::int64_t count_max = 1 << 30;

  /** How many messages would take about `ms`, going by a phase that was shorter. */
  static std::int64_t count_for(const Phase& phase, double ms) {
    const double growth = std::min(growth_max, std::max(1.0, ms / (phase.seconds * 1000)));
    return std::min(count_max, static_cast<std::int64_t>(std::ceil(phase.count * growth)));
  }

  Phase run(std::int64_t count, const std::string& fault) {
    Queue queue(options_.capacity, options_.producers);
    std::atomic<int> finished = 0;
    std::latch ready(options_.producers + options_.consumers);
    std::latch gate(1);
    std::vector<Tally> tallies(options_.consumers, Tally(options_.producers));
    std::vector<Clock::time_point> ends(options_.consumers);
    std::vector<std::thread> threads;
    for (int producer = 0; producer < options_.producers; producer++) {
      const auto spans = spans_of(producer, options_.producers, static_cast<std::int32_t>(count), fault);
      threads.emplace_back([&, spans] {
        ready.count_down();
        gate.wait();
        produce(queue, spans);
        finished.fetch_add(1, std::memory_order_release);
      });
    }
    for (int consumer = 0; consumer < options_.consumers; consumer++) {
      threads.emplace_back([&, consumer] {
        ready.count_down();
        gate.wait();
        Verifier verifier(options_.producers);
        consume(queue, finished, verifier);
        ends[consumer] = Clock::now();
        tallies[consumer] = verifier.tally();
      });
    }
    ready.wait();
    const auto start = Clock::now();
    gate.count_down();
    for (std::thread& thread : threads) thread.join();
    const std::string wrong = fault_of(tallies, options_.producers, count);
    if (!wrong.empty()) throw std::runtime_error(wrong);
    const std::chrono::duration<double> took = *std::max_element(ends.begin(), ends.end()) - start;
    return {count, took.count(), checksum_of(tallies)};
  }

  void produce(Queue& queue, const std::vector<Span>& spans) {
    typename Queue::Writer writer(queue);
    std::vector<Message> messages(options_.batch, Payload<Message>::blank());
    for (const auto& [producer, from, to] : spans) {
      for (std::int32_t next = from; next < to;) {
        const std::int32_t count = std::min(options_.batch, to - next);
        for (std::int32_t i = 0; i < count; i++) Payload<Message>::stamp(messages[i], producer, next + i);
        write_all(writer, messages.data(), count);
        next += count;
      }
    }
  }

  static void write_all(typename Queue::Writer& writer, const Message* messages, std::size_t count) {
    Backoff backoff;
    while (count > 0) {
      const std::size_t written = writer.write(messages, count);
      if (written == 0) backoff.wait();
      messages += written;
      count -= written;
    }
  }

  /** A queue that is empty after all producers have finished, and was looked at after that, is at its end. */
  void consume(Queue& queue, const std::atomic<int>& finished, Verifier& verifier) {
    typename Queue::Reader reader(queue);
    std::vector<Message> messages(options_.batch);
    Backoff backoff;
    for (bool ended = false;;) {
      const std::size_t count = reader.read(messages.data(), messages.size());
      for (std::size_t i = 0; i < count; i++) verifier.see(messages[i]);
      if (count > 0) {
        backoff.reset();
      } else {
        if (ended) return;
        ended = finished.load(std::memory_order_acquire) == options_.producers;
        if (!ended) backoff.wait();
      }
    }
  }

  const Options& options_;
};
