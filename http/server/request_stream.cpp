#include "http/server/request_stream.hpp"

#include <algorithm>
#include <cstring>

namespace tinybook::http {

request_stream::request_stream(const std::string& target, const connection& of,
                               std::string& out)
    : of_(of), out_(out) {
  // Any method that the library knows: the real one, which may be none of its own, is put
  // in afterwards. HTTP/1.0 likewise.
  auto head_only = of.scanner().head().method.in(of.request_bytes()) == "HEAD";
  text_.reserve(target.size() + 24);
  text_.append(head_only ? "HEAD " : "GET ").append(target).append(" HTTP/1.1\r\n\r\n");
}

ssize_t request_stream::read(char* to, std::size_t size) {
  auto length = std::min(size, text_.size() - read_);
  std::memcpy(to, text_.data() + read_, length);
  read_ += length;
  return static_cast<ssize_t>(length);
}

ssize_t request_stream::write(const char* from, std::size_t size) {
  out_.append(from, size);
  return static_cast<ssize_t>(size);
}

void request_stream::get_remote_ip_and_port(std::string& ip, int& port) const {
  ip = of_.remote.address;
  port = of_.remote.port;
}

void request_stream::get_local_ip_and_port(std::string& ip, int& port) const {
  ip = of_.local.address;
  port = of_.local.port;
}

} // namespace tinybook::http
