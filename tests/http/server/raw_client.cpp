#include "tests/http/server/raw_client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <poll.h>

namespace tinybook::http {

namespace {

using clock = std::chrono::steady_clock;

bool wait_for(int socket, short events, clock::time_point until) {
  auto left = std::chrono::ceil<std::chrono::milliseconds>(until - clock::now()).count();
  pollfd watched{socket, events, 0};
  return ::poll(&watched, 1, static_cast<int>(std::max<decltype(left)>(left, 0))) > 0;
}

raw_response parse_head(std::string_view head) {
  raw_response response;
  auto line_end = std::min(head.find("\r\n"), head.size());
  if (head.starts_with("HTTP/1.1 ") && line_end >= 12)
    response.status = std::atoi(std::string{head.substr(9, 3)}.c_str());
  while (line_end < head.size()) {
    auto begin = line_end + 2;
    line_end = std::min(head.find("\r\n", begin), head.size());
    auto line = head.substr(begin, line_end - begin);
    auto colon = std::min(line.find(": "), line.size());
    std::string name{line.substr(0, colon)};
    std::ranges::transform(name, name.begin(), [](unsigned char c) {
      return static_cast<char>(std::tolower(c));
    });
    response.headers[name] = line.substr(std::min(colon + 2, line.size()));
  }
  return response;
}

} // namespace

raw_client::raw_client(std::uint16_t port, int receive_buffer_bytes)
    : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  if (receive_buffer_bytes > 0)
    (void)::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes,
                       sizeof receive_buffer_bytes);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ended_ = ::connect(socket_.get(), reinterpret_cast<sockaddr*>(&to), sizeof to) != 0;
}

bool raw_client::send(std::string_view text) {
  auto until = clock::now() + patience;
  while (!text.empty()) {
    auto n = ::send(socket_.get(), text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n > 0)
      text.remove_prefix(static_cast<std::size_t>(n));
    else if (errno != EAGAIN || !wait_for(socket_.get(), POLLOUT, until))
      return false;
  }
  return true;
}

bool raw_client::receive(clock::time_point until) {
  if (ended_ || !wait_for(socket_.get(), POLLIN, until))
    return false;
  std::array<char, 65536> piece{};
  auto n = ::recv(socket_.get(), piece.data(), piece.size(), MSG_DONTWAIT);
  if (n > 0)
    input_.append(piece.data(), static_cast<std::size_t>(n));
  else if (n == 0 || errno != EAGAIN)
    ended_ = true;
  reset_ = reset_ || (n < 0 && errno == ECONNRESET);
  return n > 0;
}

bool raw_client::receive_until(std::string_view mark, clock::time_point until) {
  while (input_.find(mark) == std::string::npos) {
    if (!receive(until))
      return false;
  }
  return true;
}

std::optional<raw_response> raw_client::read(bool without_body) {
  auto until = clock::now() + patience;
  if (!receive_until("\r\n\r\n", until))
    return std::nullopt;
  auto head_bytes = input_.find("\r\n\r\n") + 4;
  auto response = parse_head(std::string_view{input_}.substr(0, head_bytes - 4));
  if (!without_body && response.headers.contains("transfer-encoding")) {
    input_.erase(0, head_bytes);
    if (!read_chunks(response.body, until))
      return std::nullopt;
    return response;
  }
  std::size_t length = 0;
  if (auto found = response.headers.find("content-length");
      found != response.headers.end() && !without_body)
    length = std::stoul(found->second);
  while (input_.size() < head_bytes + length) {
    if (!receive(until))
      return std::nullopt;
  }
  response.body = input_.substr(head_bytes, length);
  input_.erase(0, head_bytes + length);
  return response;
}

bool raw_client::read_chunks(std::string& body, clock::time_point until) {
  while (receive_until("\r\n", until)) {
    const auto size_bytes = input_.find("\r\n") + 2;
    const auto length = std::stoul(input_, nullptr, 16);
    while (input_.size() < size_bytes + length + 2)
      if (!receive(until))
        return false;
    body.append(input_, size_bytes, length);
    input_.erase(0, size_bytes + length + 2);
    if (length == 0)
      return true;
  }
  return false;
}

bool raw_client::is_closed(std::chrono::milliseconds within) {
  auto until = clock::now() + within;
  while (receive(until))
    input_.clear();
  return ended_;
}

bool raw_client::has_data() const {
  return !input_.empty() || wait_for(socket_.get(), POLLIN, clock::now());
}

std::size_t raw_client::take_some(std::size_t bytes) {
  std::string piece(bytes, '\0');
  const auto n = ::recv(socket_.get(), piece.data(), bytes, MSG_DONTWAIT);
  return n > 0 ? static_cast<std::size_t>(n) : 0;
}

void raw_client::finish_sending() const {
  (void)::shutdown(socket_.get(), SHUT_WR);
}

void raw_client::reset() {
  const linger at_once{1, 0};
  (void)::setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  socket_ = {};
}

std::optional<raw_response> ask(std::uint16_t port, std::string_view request) {
  raw_client client(port);
  client.send(request);
  return client.read();
}

} // namespace tinybook::http
