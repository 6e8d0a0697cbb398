// The yardsticks of scripts/bench.sh: HTTP servers without our handlers.
// FILE holds a whole answer as `curl -i` prints it: its headers and its body are
// returned.
//   bench_bare_server ours FILE      our ingress
//   bench_bare_server stock FILE     cpp-httplib's own server with 64 threads
//   bench_bare_server insert FOLDER  our ingress, each request one raw SQLite insert;
//                                    those that wait at once share a commit
// Prints its port on standard output and serves until standard input ends.
#include "actors/system/ask.hpp"
#include "bench/support/raw_outbox.hpp"
#include "config/loader.hpp"
#include "http/api/error_texts.hpp"
#include "http/server/exchange.hpp"
#include "http/server/server.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <httplib.h>

#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace tinybook::bench {

namespace {

struct insert_row {
  using reply = done;
};
struct commit_rows {
  using reply = void;
};
using row_writer_actor = actor_for<insert_row, commit_rows>;

/// As many rows in a transaction as have come by then.
class row_writer_state {
 public:
  using actor_type = row_writer_actor;
  row_writer_state(self_pointer<actor_type> self, const char* folder)
      : self_(std::move(self)), rows_(folder) {}

  actor_type::behavior_type make_behavior() {
    return {
        [](const get_status&) { return actor_status{}; },
        [this](const shut_down&) { self_->quit(caf::exit_reason::user_shutdown); },
        [](const timer_fired&) {},
        [this](const insert_row&) {
          waiting_.emplace_back(self_);
          if (waiting_.size() == 1)
            self_->send(self_.handle(), commit_rows{});
          return waiting_.back().promise();
        },
        [this](const commit_rows&) {
          rows_.insert_group(static_cast<int>(waiting_.size()));
          for (auto& one : std::exchange(waiting_, {}))
            one(done{});
        },
    };
  }

 private:
  self_pointer<actor_type> self_;
  raw_outbox rows_;
  std::vector<owed_reply<done>> waiting_;
};

} // namespace

} // namespace tinybook::bench

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

int serve(std::function<task<result<done>>(http::exchange*)> answer,
          caf::actor_system* system = nullptr) {
  http::server_hooks hooks;
  hooks.begin = [answer = std::move(answer)](http::exchange& of) {
    return http::answering{"bare", no_deadline, answer(&of)};
  };
  hooks.render_error = [](errc code, const httplib::Request&) {
    httplib::Response answer;
    answer.status = http::http_status(code);
    answer.set_content("{}", json_type);
    return answer;
  };
  http::server_options options{config::defaults().http};
  options.port = 0;
  http::server server{std::move(options), hooks, system};
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

task<result<done>> give(const canned_answer* canned, http::exchange* of) {
  canned->give(of->response);
  co_return done{};
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

task<result<done>> insert(const address<bench::row_writer_actor>* writer,
                          http::exchange* of) {
  (void)co_await ask(*writer, std::chrono::seconds{10}, bench::insert_row{});
  of->response.set_content(R"({"code":0,"msg":"ok","data":null})", json_type);
  co_return done{};
}

int serve_inserts(const char* folder) {
  caf::actor_system_config config;
  caf::actor_system system{config};
  const address<bench::row_writer_actor> writer{
      std::make_shared<actor_meter>("writer", "bench", "")};
  system.spawn<managed_actor<bench::row_writer_actor, bench::row_writer_state>,
               caf::detached>(writer, folder);
  const auto code =
      serve([&writer](http::exchange* of) { return insert(&writer, of); }, &system);
  tell(writer, shut_down{});
  writer.clear();
  return code;
}

} // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: bench_bare_server ours|stock|insert FILE-OR-FOLDER\n";
    return 2;
  }
  std::string what = argv[1];
  if (what == "insert")
    return serve_inserts(argv[2]);
  auto canned = read_answer(argv[2]);
  if (what == "stock")
    return serve_stock(canned);
  return serve([&canned](http::exchange* of) { return give(&canned, of); });
}
