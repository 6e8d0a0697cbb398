#pragma once

#include "http/server/connection.hpp"

#include <httplib.h>

#include <string>

namespace tinybook::http {

/// What cpp-httplib takes for a socket: it reads a request line for `target` and no
/// headers, and what it writes is gathered in `out`.
class request_stream final : public httplib::Stream {
 public:
  request_stream(const std::string& target, const connection& of, std::string& out);

  bool is_readable() const override { return true; }
  bool is_writable() const override { return true; }
  ssize_t read(char* to, std::size_t size) override;
  ssize_t write(const char* from, std::size_t size) override;
  void get_remote_ip_and_port(std::string& ip, int& port) const override;
  void get_local_ip_and_port(std::string& ip, int& port) const override;
  /// Any descriptor below FD_SETSIZE: the library refuses to serve higher ones.
  socket_t socket() const override { return 0; }

 private:
  std::string text_;
  std::size_t read_ = 0;
  const connection& of_;
  std::string& out_;
};

} // namespace tinybook::http
