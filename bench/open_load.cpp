// An open load: requests are sent at fixed times, whatever the answers do, over
// connections that are kept alive. Each is timed from when it was to be sent, so that a
// wait for a free connection counts. Prints p50, p99 and the longest, in ms; fails where
// an answer is not a 200.
//   bench_open_load PORT RATE SECONDS [PATH [TOKEN]]   default /articles/rank/10, no
//   token
#include "bench/support/http_line.hpp"

#include <sys/prctl.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <deque>
#include <exception>
#include <poll.h>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using namespace tinybook;
using namespace std::chrono_literals;
using clock_type = std::chrono::steady_clock;

constexpr std::size_t connections = 48;
constexpr auto patience = 10s;

/// The times of all requests, in ms and in order.
std::vector<double> run(int port, double rate, double seconds,
                        const std::string& request) {
  std::vector<bench::http_line> lines;
  std::vector<pollfd> polled;
  std::deque<std::size_t> idle; // The one that rests for longest is next.
  std::vector<clock_type::time_point> due(connections);
  for (std::size_t i = 0; i < connections; ++i) {
    polled.push_back({lines.emplace_back(port).fd(), POLLIN, 0});
    idle.push_back(i);
  }
  const auto total = static_cast<std::size_t>(rate * seconds);
  const auto began = clock_type::now();
  const auto due_at = [&](std::size_t number) {
    return began
           + std::chrono::duration_cast<clock_type::duration>(
               std::chrono::duration<double>(static_cast<double>(number) / rate));
  };
  std::vector<double> times;
  times.reserve(total);
  for (std::size_t sent = 0; times.size() < total;) {
    for (; sent < total && !idle.empty() && due_at(sent) <= clock_type::now(); ++sent) {
      due[idle.front()] = due_at(sent);
      lines[idle.front()].send(request);
      idle.pop_front();
    }
    std::chrono::nanoseconds wait{patience};
    if (sent < total && !idle.empty())
      wait = std::max<std::chrono::nanoseconds>(due_at(sent) - clock_type::now(), 0ns);
    const timespec until{wait / 1s, (wait % 1s).count()};
    if (ppoll(polled.data(), polled.size(), &until, nullptr) == 0 && wait == patience)
      throw std::runtime_error("the server does not answer");
    for (std::size_t i = 0; i < connections; ++i) {
      if (polled[i].revents == 0)
        continue;
      const int status = lines[i].take();
      if (status == 0)
        continue;
      if (status != 200)
        throw std::runtime_error("answered with " + std::to_string(status));
      times.push_back(
          std::chrono::duration<double, std::milli>(clock_type::now() - due[i]).count());
      idle.push_back(i);
    }
  }
  std::ranges::sort(times);
  return times;
}

} // namespace

int main(int argc, char** argv) try {
  if (argc < 4 || argc > 6)
    return 2;
  prctl(PR_SET_TIMERSLACK, 1); // Else a send may be 50 us late.
  std::string request = "GET ";
  request += argc > 4 ? argv[4] : "/articles/rank/10";
  request += " HTTP/1.1\r\nHost: 127.0.0.1\r\n";
  if (argc > 5)
    request += std::string{"Authorization: Bearer "} + argv[5] + "\r\n";
  const auto times =
      run(std::atoi(argv[1]), std::atof(argv[2]), std::atof(argv[3]), request + "\r\n");
  if (times.empty())
    return 2;
  std::printf("%.3f %.3f %.3f\n", times[times.size() / 2], times[times.size() * 99 / 100],
              times.back());
  return 0;
} catch (const std::exception& e) {
  std::fprintf(stderr, "open_load: %s\n", e.what());
  return 1;
}
