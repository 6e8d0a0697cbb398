// Holds connections to a server open: idle ones, and slow ones that send a byte of their
// request each second and reconnect when they are dropped. Prints "holding" once all are
// connected, and ends when standard input ends.
//   bench_connections PORT IDLE SLOW
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <poll.h>
#include <string_view>
#include <unistd.h>
#include <vector>

namespace {

int open_connection(int port) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<std::uint16_t>(port));
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) {
    close(fd);
    return -1;
  }
  return fd;
}

struct dripper {
  int fd = -1;
  std::size_t sent = 0;

  void drip(int port) {
    static constexpr std::string_view request =
        "GET /articles/rank/10 HTTP/1.1\r\nHost: slow.example.org\r\nX-Slow: yes\r\n\r\n";
    if (fd < 0) {
      fd = open_connection(port);
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

} // namespace

int main(int argc, char** argv) {
  if (argc != 4)
    return 2;
  rlimit files{65536, 65536};
  setrlimit(RLIMIT_NOFILE, &files);
  int port = std::atoi(argv[1]);
  std::vector<int> idle;
  for (int i = std::atoi(argv[2]); i > 0; --i)
    idle.push_back(open_connection(port));
  std::vector<dripper> slow(static_cast<std::size_t>(std::atoi(argv[3])));
  for (auto& d : slow)
    d.drip(port);
  std::puts("holding");
  std::fflush(stdout);
  pollfd input{STDIN_FILENO, POLLIN, 0};
  while (poll(&input, 1, 1000) == 0)
    for (auto& d : slow)
      d.drip(port);
  return 0;
}
