#include "bench/support/sink_server.hpp"

#include <httplib.h>
#include <sys/wait.h>

#include <array>
#include <stdexcept>
#include <thread>
#include <unistd.h>

namespace tinybook::bench {

namespace {

[[noreturn]] void serve(int connections, int tell_port, int wait_for_end) {
  httplib::Server server;
  server.set_tcp_nodelay(true);
  server.set_keep_alive_max_count(1'000'000'000);
  server.set_keep_alive_timeout(600);
  server.new_task_queue = [connections] {
    return new httplib::ThreadPool(static_cast<std::size_t>(connections));
  };
  server.Post("/send", [](const httplib::Request&, httplib::Response& answer) {
    answer.set_content(R"({"id":"m"})", "application/json");
  });
  const int port = server.bind_to_any_port("127.0.0.1");
  std::thread listener{[&] {
    server.listen_after_bind();
  }};
  char nothing = 0;
  if (::write(tell_port, &port, sizeof port) == sizeof port)
    (void)!::read(wait_for_end, &nothing, 1);
  _exit(0);
}

} // namespace

sink_server::sink_server(int connections) {
  std::array<int, 2> told{};
  std::array<int, 2> ends{};
  if (pipe(told.data()) != 0 || pipe(ends.data()) != 0)
    throw std::runtime_error("no pipe");
  child_ = fork();
  if (child_ == 0) {
    close(ends[1]);
    serve(connections, told[1], ends[0]);
  }
  close(told[1]);
  close(ends[0]);
  keep_ = ends[1];
  if (child_ < 0 || ::read(told[0], &port_, sizeof port_) != sizeof port_)
    throw std::runtime_error("no server");
  close(told[0]);
}

sink_server::~sink_server() {
  close(keep_);
  waitpid(child_, nullptr, 0);
}

} // namespace tinybook::bench
