#pragma once

#include <thread>

/** Tells the core that this is a waiting loop. */
inline void pause_briefly() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

/**
 * Waits longer from time to time: a side that looks without pause takes the cache line away from the other at each message.
 * After about a microsecond it offers its core to others.
 */
class Backoff {
 public:
  void wait() {
    if (step_ > last_step) return std::this_thread::yield();
    for (int i = 0; i < 1 << step_; i++) pause_briefly();
    step_++;
  }

  void reset() { step_ = 0; }

 private:
  static constexpr int last_step = 6;
  int step_ = 0;
};
