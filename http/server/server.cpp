#include "http/server/server.hpp"

#include "config/thread_count.hpp"
#include "http/server/acceptor.hpp"
#include "http/server/endpoint.hpp"
#include "http/server/listener.hpp"
#include "http/server/poller.hpp"
#include "http/server/server_core.hpp"

#include <utility>
#include <vector>

namespace tinybook::http {

namespace {

constexpr std::chrono::milliseconds drain_look{5};

} // namespace

class server::engine {
 public:
  engine(server_options options, server_hooks hooks, caf::actor_system* system)
      : core_(std::move(options), std::move(hooks)),
        system_(system),
        acceptor_(core_, [this](auto fresh) { place(std::move(fresh)); }) {}

  result<std::uint16_t> start() {
    allow_open_files(files_wanted(core_.options.max_connections));
    auto listener =
        open_listener(core_.options.address, core_.options.port, core_.options.backlog);
    if (!listener)
      return std::move(listener.error());
    port_ = local_endpoint(listener->get()).port;
    while (pollers_.size() < config::thread_count(core_.options.fast_workers)) {
      pollers_.push_back(std::make_unique<poller>(core_, system_));
      if (auto started = pollers_.back()->start(); !started)
        return std::move(started.error());
    }
    if (auto started = acceptor_.start(std::move(*listener)); !started)
      return std::move(started.error());
    return port_;
  }

  [[nodiscard]] std::uint16_t port() const { return port_; }

  void stop_accepting() { acceptor_.stop(); }

  void announce_end() { raise(core_.ending); }

  std::size_t drain(std::chrono::milliseconds bound) {
    raise(core_.ending);
    raise(core_.draining);
    stop_accepting();
    raise(core_.closed);
    auto until = std::chrono::steady_clock::now() + bound;
    while (core_.counts.open_connections.load() > 0
           && std::chrono::steady_clock::now() < until)
      std::this_thread::sleep_for(drain_look);
    raise(core_.cutting);
    for (auto& one : pollers_)
      one->join();
    return core_.counts.cut_off.load();
  }

  [[nodiscard]] server_stats stats() const;

 private:
  void place(std::unique_ptr<connection> fresh) {
    next_poller_ = (next_poller_ + 1) % pollers_.size();
    pollers_[next_poller_]->adopt(std::move(fresh));
  }

  void raise(std::atomic<bool>& flag) {
    flag.store(true);
    for (auto& one : pollers_)
      one->wake();
  }

  server_core core_;
  caf::actor_system* system_;
  std::vector<std::unique_ptr<poller>> pollers_;
  std::size_t next_poller_ = 0; ///< The acceptor's.
  std::uint16_t port_ = 0;
  acceptor acceptor_;
};

server_stats server::engine::stats() const {
  const auto& from = core_.counts;
  auto refused = [&from](errc code) {
    return from.refused[static_cast<std::size_t>(code)].load();
  };
  server_stats now;
  now.open_connections = from.open_connections.load();
  now.buffered_bytes = from.buffered_bytes.load();
  now.threads = pollers_.size();
  now.serving = from.serving.load();
  now.accepted = from.accepted.load();
  now.requests = from.requests.load();
  now.exceptions = from.exceptions.load();
  now.received_bytes = from.received_bytes.load();
  now.sent_bytes = from.sent_bytes.load();
  now.refused_bad_request = refused(errc::bad_request);
  now.refused_timeout = refused(errc::request_timeout);
  now.refused_body_too_large = refused(errc::body_too_large);
  now.refused_uri_too_long = refused(errc::uri_too_long);
  now.refused_head_too_large = refused(errc::head_too_large);
  now.refused_connections = from.refused_connections.load();
  now.refused_per_address = from.refused_per_address.load();
  now.refused_buffers = from.refused_buffers.load();
  now.refused_by_head = from.refused_by_head.load();
  now.idle_closed_for_new = from.idle_closed_for_new.load();
  now.refused_draining = refused(errc::draining);
  now.slow_readers_cut = from.slow_readers_cut.load();
  return now;
}

server::server(server_options options, server_hooks hooks, caf::actor_system* system)
    : engine_(std::make_unique<engine>(std::move(options), std::move(hooks), system)) {}

server::~server() {
  (void)engine_->drain(std::chrono::milliseconds::zero());
}

result<std::uint16_t> server::start() {
  return engine_->start();
}

std::uint16_t server::port() const {
  return engine_->port();
}

void server::announce_end() {
  engine_->announce_end();
}

void server::stop_accepting() {
  engine_->stop_accepting();
}

std::size_t server::drain(std::chrono::milliseconds bound) {
  return engine_->drain(bound);
}

server_stats server::stats() const {
  return engine_->stats();
}

} // namespace tinybook::http
