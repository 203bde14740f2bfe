#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>

/** The messages of bench/payloads, byte by byte: what one sends, and how one that arrived is looked at. */
template <class Message>
struct Payload;

/** See bench/payloads/number.ts. */
template <>
struct Payload<double> {
  static constexpr double producer_step = 1099511627776.0;

  static double blank() { return 0; }

  static void stamp(double& message, int producer, std::int32_t sequence) {
    message = producer * producer_step + sequence + 0.5;
  }

  static bool is(double message, int producer, std::int32_t sequence) {
    return message == producer * producer_step + sequence + 0.5;
  }

  static int producer_of(double message) { return static_cast<int>(std::floor(message / producer_step)); }

  static std::int32_t sequence_of(double message, int producer) {
    return static_cast<std::int32_t>(message - producer * producer_step - 0.5);
  }
};

template <std::size_t size>
using Bytes = std::array<std::uint8_t, size>;

/** See bench/payloads/bytes.ts. */
template <std::size_t size>
struct Payload<Bytes<size>> {
  static constexpr std::size_t producer_at = 4;
  static constexpr std::size_t pattern_at = 5;
  static constexpr std::size_t tail = size - sizeof(std::int32_t);

  static Bytes<size> blank() {
    Bytes<size> message;
    for (std::size_t at = 0; at < size; at++) message[at] = pattern(at);
    return message;
  }

  static void stamp(Bytes<size>& message, int producer, std::int32_t sequence) {
    std::memcpy(&message[0], &sequence, sizeof sequence);
    message[producer_at] = static_cast<std::uint8_t>(producer);
    std::memcpy(&message[tail], &sequence, sizeof sequence);
  }

  static bool is(const Bytes<size>& message, int producer, std::int32_t sequence) {
    const std::size_t look = pattern_at + static_cast<std::uint32_t>(sequence) % (tail - pattern_at);
    return int32_at(message, 0) == sequence && message[producer_at] == producer && message[look] == pattern(look) &&
           int32_at(message, tail) == sequence;
  }

  static int producer_of(const Bytes<size>& message) { return message[producer_at]; }

  static std::int32_t sequence_of(const Bytes<size>& message, int) { return int32_at(message, 0); }

 private:
  static constexpr std::uint8_t pattern(std::size_t at) { return static_cast<std::uint8_t>(at * 7 + 1); }

  static std::int32_t int32_at(const Bytes<size>& message, std::size_t at) {
    std::int32_t value;
    std::memcpy(&value, &message[at], sizeof value);
    return value;
  }
};
