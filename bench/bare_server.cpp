// The yardsticks of scripts/bench.sh: HTTP servers without our handlers.
// FILE holds a whole answer as `curl -i` prints it: its headers and its body are
// returned.
//   bench_bare_server ours FILE      our ingress, from the fast lane
//   bench_bare_server waiting FILE   the same from the waiting lane
//   bench_bare_server stock FILE     cpp-httplib's own server with 64 threads
//   bench_bare_server insert FOLDER  our ingress, each request one raw SQLite insert
// Prints its port on standard output and serves until standard input ends.
#include "bench/support/raw_outbox.hpp"
#include "config/loader.hpp"
#include "http/api/error_texts.hpp"
#include "http/server/server.hpp"

#include <httplib.h>

#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>
#include <thread>
#include <utility>

namespace {

using namespace tinybook;

constexpr const char* json_type = "application/json; charset=utf-8";

/// An answer to repeat: what the server adds by itself is left out of the headers.
struct canned_answer {
  httplib::Headers headers;
  std::string body;

  void give(httplib::Response& response) const {
    response.headers = headers;
    response.body = body;
  }
};

canned_answer read_answer(const char* name) {
  std::ifstream in{name, std::ios::binary};
  canned_answer answer;
  std::string line;
  std::getline(in, line); // The status line.
  while (std::getline(in, line) && line != "\r") {
    auto colon = line.find(": ");
    auto field = line.substr(0, colon);
    if (field != "Content-Length" && field != "Keep-Alive" && field != "Connection")
      answer.headers.emplace(field, line.substr(colon + 2, line.size() - colon - 3));
  }
  answer.body.assign(std::istreambuf_iterator<char>{in}, {});
  return answer;
}

void wait_for_end_of_input() {
  while (std::getchar() != EOF) {
  }
}

int serve(http::lane lane,
          std::function<void(const httplib::Request&, httplib::Response&)> handle) {
  http::server_hooks hooks;
  hooks.handle = std::move(handle);
  hooks.classify = [lane](std::string_view, std::string_view) {
    return lane;
  };
  hooks.render_error = [](errc code, const httplib::Request&) {
    return http::error_answer{http::http_status(code), json_type, "{}", {}};
  };
  http::server_options options{config::defaults().http};
  options.port = 0;
  http::server server{std::move(options), hooks};
  auto port = server.start();
  if (!port) {
    std::cerr << port.error().detail << '\n';
    return 1;
  }
  std::cout << *port << "\n" << std::flush;
  wait_for_end_of_input();
  server.drain(std::chrono::seconds{1});
  return 0;
}

int serve_stock(const canned_answer& canned) {
  httplib::Server server;
  server.set_tcp_nodelay(true);
  server.set_keep_alive_max_count(1'000'000'000);
  server.new_task_queue = [] {
    return new httplib::ThreadPool(64);
  };
  server.Get(".*", [&](const httplib::Request&, httplib::Response& answer) {
    canned.give(answer);
  });
  std::cout << server.bind_to_any_port("127.0.0.1") << "\n" << std::flush;
  std::thread listener{[&] {
    server.listen_after_bind();
  }};
  wait_for_end_of_input();
  server.stop();
  listener.join();
  return 0;
}

int serve_inserts(const char* folder) {
  auto outbox = std::make_shared<bench::raw_outbox>(folder);
  return serve(http::lane::waiting,
               [outbox](const httplib::Request&, httplib::Response& answer) {
                 outbox->insert_grouped();
                 answer.set_content(R"({"code":0,"msg":"ok","data":null})", json_type);
               });
}

} // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: bench_bare_server ours|waiting|stock|insert FILE-OR-FOLDER\n";
    return 2;
  }
  std::string what = argv[1];
  if (what == "insert")
    return serve_inserts(argv[2]);
  auto canned = read_answer(argv[2]);
  if (what == "stock")
    return serve_stock(canned);
  return serve(what == "ours" ? http::lane::fast : http::lane::waiting,
               [&canned](const httplib::Request&, httplib::Response& answer) {
                 canned.give(answer);
               });
}
