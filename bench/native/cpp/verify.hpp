#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "payload.hpp"

/** What one consumer saw of each producer. */
struct Tally {
  explicit Tally(int producers) : count(producers), sum(producers), exclusive_or(producers) {}

  std::vector<std::int64_t> count;
  /** Of the sequences. */
  std::vector<std::uint32_t> sum;
  std::vector<std::uint32_t> exclusive_or;
  /** The first thing that was wrong; empty when nothing was. */
  std::string fault;
};

/** One producer and one consumer: message n has to be message n. */
template <class Message>
class InSequence {
 public:
  explicit InSequence(int) {}

  void see(const Message& message) {
    if (!Payload<Message>::is(message, 0, next_)) wrong();
    next_++;
  }

  Tally tally() const {
    Tally tally(1);
    tally.count[0] = next_;
    for (std::int32_t sequence = 0; sequence < next_; sequence++) {
      tally.sum[0] += sequence;
      tally.exclusive_or[0] ^= sequence;
    }
    tally.fault = fault_;
    return tally;
  }

 private:
  void wrong() {
    if (fault_.empty()) fault_ = "where message " + std::to_string(next_) + " was due came another";
  }

  std::int32_t next_ = 0;
  std::string fault_;
};

/** Several producers or consumers: a consumer sees the messages of each producer in their order. */
template <class Message>
class FromMany {
 public:
  explicit FromMany(int producers) : tally_(producers), last_(producers, -1) {}

  void see(const Message& message) {
    const int producer = Payload<Message>::producer_of(message);
    if (producer < 0 || producer >= static_cast<int>(last_.size())) return wrong("came from nobody", producer, 0);
    const std::int32_t sequence = Payload<Message>::sequence_of(message, producer);
    if (sequence <= last_[producer]) wrong("is out of order or twice", producer, sequence);
    else if (!Payload<Message>::is(message, producer, sequence)) wrong("is damaged", producer, sequence);
    last_[producer] = sequence;
    tally_.count[producer]++;
    tally_.sum[producer] += sequence;
    tally_.exclusive_or[producer] ^= sequence;
  }

  Tally tally() const { return tally_; }

 private:
  void wrong(const char* what, int producer, std::int32_t sequence) {
    if (!tally_.fault.empty()) return;
    tally_.fault = "message " + std::to_string(sequence) + " of producer " + std::to_string(producer) + " " + what;
  }

  Tally tally_;
  std::vector<std::int32_t> last_;
};

/** What is wrong with a phase in which each producer sent `sent` messages; empty when nothing is. */
inline std::string fault_of(const std::vector<Tally>& tallies, int producers, std::int64_t sent) {
  for (const Tally& tally : tallies)
    if (!tally.fault.empty()) return tally.fault;
  std::uint32_t due_sum = 0, due_xor = 0;
  for (std::int64_t sequence = 0; sequence < sent; sequence++) {
    due_sum += static_cast<std::uint32_t>(sequence);
    due_xor ^= static_cast<std::uint32_t>(sequence);
  }
  for (int producer = 0; producer < producers; producer++) {
    std::int64_t count = 0;
    std::uint32_t sum = 0, exclusive_or = 0;
    for (const Tally& tally : tallies) {
      count += tally.count[producer];
      sum += tally.sum[producer];
      exclusive_or ^= tally.exclusive_or[producer];
    }
    const std::string who = "producer " + std::to_string(producer);
    if (count != sent) return who + " sent " + std::to_string(sent) + " messages, " + std::to_string(count) + " arrived";
    if (sum != due_sum || exclusive_or != due_xor) return "the checksum of " + who + " is wrong";
  }
  return "";
}

/** All sequences that arrived, added up. */
inline std::uint32_t checksum_of(const std::vector<Tally>& tallies) {
  std::uint32_t sum = 0;
  for (const Tally& tally : tallies)
    for (const std::uint32_t part : tally.sum) sum += part;
  return sum;
}
