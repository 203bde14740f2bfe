#include <cmath>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>

#include "flow.hpp"
#include "line.hpp"
#include "options.hpp"
#include "queues.hpp"
#include "round_trip.hpp"

/** Runs one queue in one scenario and prints one line of JSON; bench/native/README.md describes both. */

namespace {

void print(const char* figures, double before) {
  std::printf("{%s,\"lines\":[%.1f,%.1f],\"ok\":true}\n", figures, before, measure_line());
}

template <class Message, template <class> class Queue, class Verifier>
void run_flow(const Options& options) {
  const double before = measure_line();
  const Phase phase = Flow<Message, Queue<Message>, Verifier>(options).measure();
  char figures[160];
  std::snprintf(figures, sizeof figures, "\"messages\":%lld,\"seconds\":%.9f,\"checksum\":%u",
                static_cast<long long>(phase.count * options.producers), phase.seconds, phase.checksum);
  print(figures, before);
}

template <class Message, template <class> class Queue>
void run_flow(const Options& options) {
  if (options.producers == 1 && options.consumers == 1) run_flow<Message, Queue, InSequence<Message>>(options);
  else run_flow<Message, Queue, FromMany<Message>>(options);
}

/** The time below which `part` of them lie, interpolated between neighbours, in microseconds. */
double quantile(const std::vector<double>& sorted, double part) {
  const double at = (sorted.size() - 1) * part;
  const double below = sorted[static_cast<std::size_t>(std::floor(at))];
  const double above = sorted[static_cast<std::size_t>(std::ceil(at))];
  return (below + (above - below) * (at - std::floor(at))) / 1000;
}

template <template <class> class Queue>
void run_round_trip(const Options& options) {
  const double before = measure_line();
  const Trips trips = RoundTrip<Queue<double>>(options).measure();
  std::string curve;
  for (const double percentile : {1.0, 10.0, 25.0, 50.0, 75.0, 90.0, 95.0, 99.0, 99.5, 99.9, 99.99}) {
    char point[48];
    std::snprintf(point, sizeof point, "%s[%g,%.4f]", curve.empty() ? "" : ",", percentile,
                  quantile(trips.times, percentile / 100));
    curve += point;
  }
  char figures[600];
  std::snprintf(figures, sizeof figures, "\"messages\":%zu,\"curve\":[%s],\"checksum\":%u", trips.times.size(),
                curve.c_str(), trips.checksum);
  print(figures, before);
}

template <template <class> class Queue>
void run(const Options& options) {
  if (options.scenario == "round-trip-spin") return run_round_trip<Queue>(options);
  if (options.scenario != "flow") throw std::invalid_argument("no scenario is named " + options.scenario);
  switch (options.bytes) {
    case 8:
      return run_flow<double, Queue>(options);
    case 64:
      return run_flow<Bytes<64>, Queue>(options);
    case 1024:
      return run_flow<Bytes<1024>, Queue>(options);
    default:
      throw std::invalid_argument("messages have 8, 64 or 1024 bytes");
  }
}

void run_named(const Options& options) {
  if (options.queue == "boost-spsc") {
    if (options.producers > 1 || options.consumers > 1) throw std::invalid_argument("boost-spsc has one of each");
    return run<BoostSpsc>(options);
  }
  if (options.queue == "boost-mpmc") return run<BoostMpmc>(options);
  if (options.queue == "moodycamel") return run<Moodycamel>(options);
  throw std::invalid_argument("no queue is named " + options.queue);
}

}  // namespace

int main(int count, char** words) try {
  run_named(parse_options(count, words));
} catch (const std::invalid_argument& error) {
  std::fprintf(stderr, "UsageError: %s\n", error.what());
  return 2;
} catch (const std::exception& error) {
  std::printf("{\"ok\":false,\"fault\":\"%s\"}\n", error.what());
  return 1;
}
