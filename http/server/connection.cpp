#include "http/server/connection.hpp"

#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cerrno>

namespace tinybook::http {

namespace {

// Between requests a connection keeps at most so much for its next one.
constexpr std::size_t kept_capacity = std::size_t{16} * 1024;

/// An assignment would keep the memory.
void free_memory(std::string& of) {
  std::string{}.swap(of);
}

connection::reception reception_of(ssize_t got) {
  if (got > 0)
    return connection::reception::data;
  if (got == 0)
    return connection::reception::end;
  return errno == EAGAIN || errno == EINTR ? connection::reception::nothing
                                           : connection::reception::broken;
}

} // namespace

connection::connection(unique_fd socket, admission how)
    : remote(remote_endpoint(socket.get())),
      local(local_endpoint(socket.get())),
      admitted(std::move(how)),
      socket_(std::move(socket)) {}

connection::reception connection::receive(std::string& scratch,
                                          std::size_t& received_bytes) {
  auto got = ::recv(socket(), scratch.data(), scratch.size(), MSG_DONTWAIT);
  auto outcome = reception_of(got);
  if (outcome != reception::data)
    return outcome;
  if (begin_ > 0) { // Commonly nothing is left over, and this costs nothing.
    input_.erase(0, begin_);
    begin_ = 0;
  }
  received_bytes = static_cast<std::size_t>(got);
  input_.append(scratch.data(), received_bytes);
  return outcome;
}

connection::reception connection::discard(std::string& scratch) {
  auto got = ::recv(socket(), scratch.data(), scratch.size(), MSG_DONTWAIT);
  if (got > 0)
    lingered_bytes += static_cast<std::size_t>(got);
  return reception_of(got);
}

bool connection::has_unread() const {
  char byte = 0;
  return ::recv(socket(), &byte, 1, MSG_DONTWAIT | MSG_PEEK) > 0;
}

bool connection::send_some(std::string_view text, std::size_t& sent) {
  while (sent < text.size()) {
    auto n = ::send(socket(), text.data() + sent, text.size() - sent,
                    MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n >= 0) {
      sent += static_cast<std::size_t>(n);
    } else if (errno == EAGAIN) {
      return false;
    } else if (errno != EINTR) {
      broken_ = true;
      return false;
    }
  }
  return true;
}

std::size_t connection::send(std::string& out) {
  std::size_t total = 0;
  if (is_blocked()) {
    auto before = unsent_from_;
    bool taken = !broken_ && send_some(unsent_, unsent_from_);
    total = unsent_from_ - before;
    if (!taken && !broken_) {
      unsent_.append(out);
      out.clear();
      return total;
    }
    free_memory(unsent_);
    unsent_from_ = 0;
  }
  std::size_t sent = 0;
  if (!broken_ && !send_some(out, sent) && !broken_)
    unsent_.assign(out, sent);
  out.clear();
  return total + sent;
}

std::string_view connection::body() const {
  return std::string_view{request_bytes(), input_.size() - begin_}.substr(
      scanner_.head_bytes(), scanner_.body_bytes());
}

void connection::consume_request() {
  begin_ += scanner_.head_bytes() + scanner_.body_bytes();
  scanner_.reset();
  said_continue = false;
  head_judged = false;
  waits_for = phase::none;
  if (!has_input())
    release_memory();
}

void connection::release_memory() {
  begin_ = 0;
  if (input_.capacity() > kept_capacity)
    free_memory(input_);
  else
    input_.clear();
}

void connection::forget_input() {
  free_memory(input_);
  begin_ = 0;
  scanner_.reset();
}

void connection::account(std::atomic<std::size_t>& total) {
  const auto now = held_bytes();
  if (now == accounted_)
    return;
  total.fetch_add(now - accounted_, std::memory_order_relaxed); // Wraps where it shrank.
  accounted_ = now;
}

void connection::begin_phase(phase what, steady_time now) {
  waits_for = what;
  phase_began = last_active = now;
  moved_bytes = 0;
  queued_bytes_ = what == phase::writing ? queued_in_kernel() : 0;
}

void connection::note_progress(std::size_t bytes, steady_time now) {
  moved_bytes += bytes;
  last_active = now;
}

bool connection::note_taken(std::size_t sent_bytes, steady_time now) {
  const auto before = queued_bytes_ + sent_bytes;
  queued_bytes_ = queued_in_kernel();
  if (queued_bytes_ >= before)
    return false;
  note_progress(before - queued_bytes_, now);
  return true;
}

std::size_t connection::queued_in_kernel() const {
  int bytes = 0;
  return ::ioctl(socket(), SIOCOUTQ, &bytes) == 0 && bytes > 0
             ? static_cast<std::size_t>(bytes)
             : 0;
}

void connection::unaccount(std::atomic<std::size_t>& total) {
  total.fetch_sub(accounted_, std::memory_order_relaxed);
  accounted_ = 0;
}

void connection::finish_sending() {
  (void)::shutdown(socket(), SHUT_WR);
}

} // namespace tinybook::http
