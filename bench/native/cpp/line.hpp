#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

/**
 * Nanoseconds of a round trip of one word between two threads that spin, the median of a hundred at a time: how far apart
 * the cores are, as in bench/run/line.ts.
 */
inline double measure_line() {
  constexpr int trips = 100, chunks = 100, stop = -1;
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(100);
  alignas(128) std::atomic<int> word = 0;
  std::thread far([&] {
    for (int due = 1;; due += 2) {
      int seen;
      while ((seen = word.load()) != due)
        if (seen == stop) return;
      word.store(due + 1);
    }
  });
  std::vector<double> times;
  for (int chunk = 0, value = 0; chunk < chunks && std::chrono::steady_clock::now() < end; chunk++) {
    const auto start = std::chrono::steady_clock::now();
    for (int trip = 0; trip < trips; trip++, value += 2) {
      word.store(value + 1);
      while (word.load() != value + 2);
    }
    const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - start;
    times.push_back(took.count() / trips);
  }
  word.store(stop);
  far.join();
  std::sort(times.begin(), times.end());
  return times[times.size() / 2];
}
