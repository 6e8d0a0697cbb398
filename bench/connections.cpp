// Holds connections to a server open: idle ones, and slow ones that send a byte of their
// request each second and reconnect when they are dropped. Prints "holding" once all are
// connected, and ends when standard input ends. With a REQUEST, a file that holds one as
// it is sent, each line on standard input starts what is idle: a connection sends the
// request, and again whenever it is answered. At the end it prints how many answers came
// with which status.
//   bench_connections PORT IDLE SLOW [REQUEST]
#include "bench/support/http_line.hpp"

#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <unistd.h>
#include <vector>

namespace {

using namespace tinybook;
using namespace std::chrono_literals;
using clock_type = std::chrono::steady_clock;

struct dripper {
  int fd = -1;
  std::size_t sent = 0;

  void drip(int port) {
    static constexpr std::string_view request =
        "GET /articles/rank/10 HTTP/1.1\r\nHost: slow.example.org\r\nX-Slow: yes\r\n\r\n";
    if (fd < 0) {
      fd = bench::open_connection(port);
      sent = 0;
    }
    if (fd >= 0
        && (sent == request.size()
            || send(fd, request.data() + sent, 1, MSG_NOSIGNAL | MSG_DONTWAIT) != 1)) {
      close(fd);
      fd = -1;
      return;
    }
    ++sent;
  }
};

std::string read_request(const char* name) {
  std::ifstream in{name, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

void watch(int epoll, int fd, std::uint64_t as) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = as;
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0)
    std::perror("epoll_ctl");
}

void hold(int port, std::size_t idle, std::size_t slow, const std::string& request) {
  std::vector<bench::http_line> lines;
  lines.reserve(idle);
  const int epoll = epoll_create1(EPOLL_CLOEXEC);
  for (std::size_t i = 0; i < idle; ++i) {
    lines.emplace_back(port);
    if (!request.empty())
      watch(epoll, lines.back().fd(), i);
  }
  watch(epoll, STDIN_FILENO, idle);
  std::vector<dripper> drippers(slow);
  std::map<int, std::uint64_t> answers;
  std::puts("holding");
  std::fflush(stdout);
  auto next_drip = clock_type::now();
  for (bool more = true; more;) {
    if (clock_type::now() >= next_drip) {
      for (auto& d : drippers)
        d.drip(port);
      next_drip += 1s;
    }
    std::array<epoll_event, 256> events{};
    const int ready = epoll_wait(epoll, events.data(), events.size(), 100);
    for (int i = 0; i < ready; ++i) {
      const auto which = events.at(static_cast<std::size_t>(i)).data.u64;
      if (which == idle) {
        std::array<char, 64> word{};
        more = read(STDIN_FILENO, word.data(), word.size()) > 0;
        for (auto& line : lines)
          if (more)
            line.send(request);
      } else if (const int status = lines[which].take(); status != 0) {
        ++answers[status];
        lines[which].send(request);
      }
    }
  }
  for (const auto& [status, count] : answers)
    std::printf("%d: %llu\n", status, static_cast<unsigned long long>(count));
}

} // namespace

int main(int argc, char** argv) try {
  if (argc != 4 && argc != 5)
    return 2;
  rlimit files{65536, 65536};
  setrlimit(RLIMIT_NOFILE, &files);
  hold(std::atoi(argv[1]), static_cast<std::size_t>(std::atoi(argv[2])),
       static_cast<std::size_t>(std::atoi(argv[3])),
       argc == 5 ? read_request(argv[4]) : std::string{});
  return 0;
} catch (const std::exception& e) {
  std::fprintf(stderr, "connections: %s\n", e.what());
  return 1;
}
