#include "http/server/responder.hpp"

#include "http/server/http_date.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace tinybook::http {

namespace {

/// Headers in which the library itself passes addresses on; those of a client are
/// dropped.
bool is_reserved(std::string_view name) {
  constexpr std::array<std::string_view, 4> reserved = {"REMOTE_ADDR", "REMOTE_PORT",
                                                        "LOCAL_ADDR", "LOCAL_PORT"};
  return std::ranges::any_of(
      reserved, [name](std::string_view one) { return equal_ignoring_case(one, name); });
}

void copy_headers(const connection& from, httplib::Headers& to) {
  to.clear();
  for (const auto& [name, value] : from.scanner().head().headers) {
    auto key = name.in(from.request_bytes());
    if (!is_reserved(key))
      to.emplace(std::string{key}, std::string{value.in(from.request_bytes())});
  }
}

/// The library reads a second '?' as an error, though it may stand in a query.
std::string readable_target(std::string_view target) {
  std::string text{origin_form(target)};
  if (text.starts_with('?'))
    text.insert(text.begin(), '/');
  auto mark = text.find('?');
  while (mark != std::string::npos) {
    mark = text.find('?', mark + 1);
    if (mark != std::string::npos)
      text.replace(mark, 1, "%3F");
  }
  return text;
}

void complete(httplib::Request& request, const connection& from) {
  const auto& head = from.scanner().head();
  request.method = head.method.in(from.request_bytes());
  request.target = head.target.in(from.request_bytes());
  if (head.is_http_1_0())
    request.version = "HTTP/1.0";
  copy_headers(from, request.headers);
  if (head.says_continue()) // The connection has seen to it; the library would again.
    request.headers.erase("Expect");
  request.body = from.body();
}

/// The library offers ranges in answers to HEAD, but pre-routed answers never are ranges.
void remove_range_offer(std::string& out, std::size_t from) {
  constexpr std::string_view offer = "Accept-Ranges: bytes\r\n";
  const auto end = out.find("\r\n\r\n", from);
  if (const auto at = out.find(offer, from); at < end)
    out.erase(at, offer.size());
}

/// Stands in for the socket: cpp-httplib reads a request line for `target` and no headers
/// from it; what it writes is gathered in `out`.
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

request_stream::request_stream(const std::string& target, const connection& of,
                               std::string& out)
    : of_(of), out_(out) {
  // A method that the library knows: the real one, which it may not know, is put in
  // afterwards, and so is HTTP/1.0.
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

} // namespace

struct responder::call {
  const connection& from;
  const std::atomic<bool>& ending;
  bool last;
  bool readable = false;
};

thread_local responder::call* responder::current_ = nullptr;

responder::responder(const server_hooks& hooks, const server_options& options,
                     counters& counts)
    : hooks_(hooks), counts_(counts) {
  // These two only show in the header Keep-Alive; the connection itself decides.
  set_keep_alive_timeout(
      std::chrono::duration_cast<std::chrono::seconds>(options.idle_timeout).count());
  set_keep_alive_max_count(1'000'000);
  // Every request is handled before routing, so that no regular expression ever runs.
  set_pre_routing_handler([this](const auto& request, auto& response) {
    run_handler(request, response);
    return HandlerResponse::Handled;
  });
}

responder::outcome responder::respond(const connection& from,
                                      const std::atomic<bool>& ending, std::string& out) {
  auto before = out.size();
  const auto& head = from.scanner().head();
  request_stream stream(readable_target(head.target.in(from.request_bytes())), from, out);
  call now{from, ending, !head.keeps_alive()};
  current_ = &now;
  bool asks_to_close = false; // The scanner has decided that already.
  process_request(stream, now.last, asks_to_close, [](httplib::Request& request) {
    current_->readable = true;
    complete(request, current_->from);
  });
  current_ = nullptr;
  if (!now.readable) {
    out.resize(before);
    return outcome::unreadable;
  }
  if (head.is_http_1_0() && !now.last) // Such a client closes unless told otherwise.
    out.insert(out.find("\r\n", before) + 2, "Connection: keep-alive\r\n");
  if (head.method.in(from.request_bytes()) == "HEAD")
    remove_range_offer(out, before);
  return now.last ? outcome::last : outcome::kept;
}

void responder::run_handler(const httplib::Request& request,
                            httplib::Response& response) {
  count(counts_.requests);
  try {
    hooks_.handle(request, response);
  } catch (const std::exception& error) {
    answer_exception(request, response, error.what());
  } catch (...) {
    answer_exception(request, response, "not a std::exception");
  }
  // What the library is to see while it writes the answer. The object behind the
  // reference is process_request's own, not const.
  auto& headers = const_cast<httplib::Request&>(request).headers;
  headers.erase("Accept-Encoding"); // Compression costs many times the request itself.
  headers.erase("Connection");
  response.headers.emplace("Date", http_date());
  if (current_->ending.load(std::memory_order_relaxed)
      && !current_->from.has_more_than_request())
    current_->last = true;
  if (current_->last)
    headers.emplace("Connection", "close");
}

void responder::answer_exception(const httplib::Request& request,
                                 httplib::Response& response, const char* what) {
  count(counts_.exceptions);
  if (hooks_.on_exception)
    hooks_.on_exception(request.path, what);
  auto answer = hooks_.render_error(errc::internal, request);
  response.headers = std::move(answer.headers);
  response.status = answer.status;
  response.set_content(answer.body, answer.content_type);
}

httplib::Request known_request(const connection& from) {
  httplib::Request request;
  const auto& head = from.scanner().head();
  request.method = head.method.in(from.request_bytes());
  request.target = head.target.in(from.request_bytes());
  request.path = head.path(from.request_bytes());
  request.remote_addr = from.remote.address;
  request.remote_port = from.remote.port;
  copy_headers(from, request.headers);
  return request;
}

} // namespace tinybook::http
