#include "http/server/acceptor.hpp"

#include "http/server/response_writer.hpp"

#include <linux/filter.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <fcntl.h>
#include <system_error>
#include <utility>

namespace tinybook::http {

namespace {

// A refused connection lives until its answer is taken; beyond so many of them further
// ones are closed without an answer.
constexpr std::size_t refused_at_once = 512;
constexpr int pause_without_memory_ms = 10;
// What the last packet of a handshake may take at the end; on a busy machine the kernel
// itself puts it off by some milliseconds.
constexpr std::chrono::milliseconds handshake_grace{50};

unique_fd open_spare() {
  return unique_fd(::open("/dev/null", O_RDONLY | O_CLOEXEC));
}

/// Makes the kernel drop each first packet (SYN) of a handshake, so that none begins that
/// the close would cut off: its client would take itself for connected and be reset. The
/// packet is sent again a second later, and refused. Handshakes under way go on.
void begin_no_more_handshakes(int listener) {
  constexpr std::uint32_t flags_byte = 13; // Of the TCP header, at which a filter begins.
  constexpr std::uint32_t syn = 0x02;
  constexpr std::uint32_t drop = 0;
  constexpr std::uint32_t keep = 0xffffffff;
  std::array<sock_filter, 4> drop_syn{{{BPF_LD | BPF_B | BPF_ABS, 0, 0, flags_byte},
                                       {BPF_JMP | BPF_JSET | BPF_K, 0, 1, syn},
                                       {BPF_RET | BPF_K, 0, 0, drop},
                                       {BPF_RET | BPF_K, 0, 0, keep}}};
  sock_fprog program{drop_syn.size(), drop_syn.data()};
  // Where the kernel refuses, a client that comes at the very end is reset.
  (void)::setsockopt(listener, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program);
}

unique_fd accept_one(int listener) {
  return unique_fd(::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
}

} // namespace

acceptor::acceptor(server_core& core, receiver give)
    : core_(core), give_(std::move(give)) {}

acceptor::~acceptor() {
  stop();
}

result<done> acceptor::start(unique_fd listener) {
  listener_ = std::move(listener);
  spare_ = open_spare();
  stop_ = unique_fd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!stop_)
    return failure{errc::unavailable,
                   "cannot accept: " + std::system_category().message(errno)};
  thread_ = std::thread([this] { run(); });
  return done{};
}

void acceptor::stop() {
  if (!thread_.joinable())
    return;
  (void)::eventfd_write(stop_.get(), 1);
  thread_.join();
  listener_.reset();
}

void acceptor::run() {
  std::array<pollfd, 2> watched{{{listener_.get(), POLLIN, 0}, {stop_.get(), POLLIN, 0}}};
  while (watched[1].revents == 0) {
    if (::poll(watched.data(), watched.size(), -1) < 0)
      continue;
    accept_waiting();
  }
  begin_no_more_handshakes(listener_.get());
  finish_handshakes(watched[0]);
}

void acceptor::finish_handshakes(pollfd listener) {
  const auto until = std::chrono::steady_clock::now() + handshake_grace;
  auto left = handshake_grace;
  while (left.count() > 0) {
    (void)::poll(&listener, 1, static_cast<int>(left.count()));
    accept_waiting();
    left = std::chrono::ceil<std::chrono::milliseconds>(
        until - std::chrono::steady_clock::now());
  }
}

void acceptor::accept_waiting() {
  while (true) {
    auto socket = accept_one(listener_.get());
    if (socket) {
      take(std::move(socket));
      continue;
    }
    switch (errno) {
    case EAGAIN:
      return;
    case EMFILE:
    case ENFILE:
      shed_one();
      break;
    case ENOBUFS:
    case ENOMEM:
      (void)::poll(nullptr, 0, pause_without_memory_ms);
      return;
    default: // The connection failed, not the listener.
      break;
    }
  }
}

void acceptor::take(unique_fd socket) {
  int on = 1;
  (void)::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  count(core_.counts.accepted);
  auto open = core_.counts.open_connections.fetch_add(1);
  if (open >= core_.options.max_connections + refused_at_once) {
    count(core_.counts.refused_connections);
    core_.counts.open_connections.fetch_sub(1);
    return;
  }
  auto how = admit(socket.get());
  how.replaces_idle = open >= core_.options.max_connections;
  give_(std::make_unique<connection>(std::move(socket), std::move(how)));
}

connection::admission acceptor::admit(int socket) {
  const auto address = remote_endpoint(socket).address;
  if (core_.hooks.is_balancer && core_.hooks.is_balancer(address))
    return {};
  auto place = core_.addresses.take(address);
  if (place)
    return {.place = std::move(*place)};
  count(core_.counts.refused_per_address);
  return {.refused = errc::rate_limited};
}

void acceptor::shed_one() {
  spare_.reset();
  if (auto socket = accept_one(listener_.get())) {
    count(core_.counts.accepted);
    count(core_.counts.refused_connections);
    std::string text;
    append_response(text, core_.hooks.render_error(errc::overloaded, {}), {});
    (void)::send(socket.get(), text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  } else if (errno != EAGAIN) {
    (void)::poll(nullptr, 0, pause_without_memory_ms); // Do not spin.
  }
  spare_ = open_spare();
}

} // namespace tinybook::http
