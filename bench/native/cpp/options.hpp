#pragma once

#include <cstdint>
#include <cstdlib>
#include <map>
#include <stdexcept>
#include <string>

/** What the command line asks for; bench/native/README.md describes it. */
struct Options {
  std::string queue;
  std::string scenario;
  int producers;
  int consumers;
  int bytes;
  int batch;
  std::size_t capacity;
  /** Of each producer in the phase that counts; 0 for as many as take about `measure_ms`. */
  std::int64_t messages;
  double warm_up_ms;
  double measure_ms;
  /** What goes wrong on purpose, to see that it is found: empty for nothing. */
  std::string fault;
};

inline Options parse_options(int count, char** words) {
  std::map<std::string, std::string> given{
      {"queue", ""},    {"scenario", "flow"}, {"producers", "1"},    {"consumers", "1"},    {"bytes", "8"}, {"batch", "1"},
      {"capacity", "131072"}, {"messages", "0"}, {"warm-up-ms", "250"}, {"measure-ms", "400"}, {"break", ""}};
  if (count % 2 == 0) throw std::invalid_argument("each option needs a value");
  for (int i = 1; i < count; i += 2) {
    const std::string name = std::string(words[i]).substr(0, 2) == "--" ? words[i] + 2 : words[i];
    if (given.find(name) == given.end()) throw std::invalid_argument("there is no option --" + name);
    given[name] = words[i + 1];
  }
  const std::string& fault = given["break"];
  if (!fault.empty() && fault != "drop" && fault != "repeat" && fault != "stranger") {
    throw std::invalid_argument("--break knows drop, repeat and stranger");
  }
  const auto number = [&](const char* name) { return std::stoll(given[name]); };
  return {given["queue"],
          given["scenario"],
          static_cast<int>(number("producers")),
          static_cast<int>(number("consumers")),
          static_cast<int>(number("bytes")),
          static_cast<int>(number("batch")),
          static_cast<std::size_t>(number("capacity")),
          number("messages"),
          std::stod(given["warm-up-ms"]),
          std::stod(given["measure-ms"]),
          fault};
}
