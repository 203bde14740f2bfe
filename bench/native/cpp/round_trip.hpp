#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <thread>
#include <vector>

#include "flow.hpp"

/** Nanoseconds of every trip that counts, in ascending order, and what the numbers that came back add up to. */
struct Trips {
  std::vector<double> times;
  std::uint32_t checksum;
};

/** Numbers go there and come back through two queues, both sides looking again and again, as in bench/run/trips.ts. */
template <class Queue>
class RoundTrip {
 public:
  explicit RoundTrip(const Options& options) : options_(options), there_(options.capacity, 1), back_(options.capacity, 1) {}

  Trips measure() {
    // Joins also when the verification throws.
    std::jthread far([this] { echo(); });
    Trips trips = ping();
    far.join();
    if (trips.times.empty()) throw std::runtime_error("no message came back");
    std::sort(trips.times.begin(), trips.times.end());
    return trips;
  }

 private:
  static constexpr double stop = -1;
  static constexpr std::size_t trips_max = 500'000;

  static void send(typename Queue::Writer& writer, double value) {
    while (writer.write(&value, 1) == 0);
  }

  static double receive(typename Queue::Reader& reader) {
    double value;
    while (reader.read(&value, 1) == 0);
    return value;
  }

  void echo() {
    typename Queue::Reader reader(there_);
    typename Queue::Writer writer(back_);
    for (double value = 0; value != stop;) {
      value = receive(reader);
      send(writer, value);
    }
  }

  Trips ping() {
    typename Queue::Writer writer(there_);
    typename Queue::Reader reader(back_);
    std::vector<double> times;
    times.reserve(trips_max);
    std::uint32_t checksum = 0;
    std::string fault;
    const auto milliseconds = [](double ms) {
      return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double, std::milli>(ms));
    };
    const auto warm = Clock::now() + milliseconds(options_.warm_up_ms);
    auto until = Clock::time_point::max();
    auto now = Clock::now();
    for (std::uint32_t sequence = 1; now < until && times.size() < trips_max && fault.empty(); sequence++) {
      const auto sent = now;
      // The fault that the verification has to find: a number that is not the one that is due.
      send(writer, sequence + (options_.fault.empty() || now < warm ? 0 : 1));
      const double answer = receive(reader);
      if (answer != sequence) fault = std::to_string(sequence) + " went out and another came back";
      now = Clock::now();
      if (sent < warm) {
        // The time runs from the end of the warm-up, however long its last trip took.
        if (now >= warm) until = now + milliseconds(options_.measure_ms);
        continue;
      }
      times.push_back(std::chrono::duration<double, std::nano>(now - sent).count());
      checksum += static_cast<std::uint32_t>(answer);
    }
    send(writer, stop);
    if (receive(reader) != stop) fault = "the end did not come back";
    return fault.empty() ? Trips{times, checksum} : throw std::runtime_error(fault);
  }

  const Options& options_;
  Queue there_;
  Queue back_;
};
