#include "http/providers/http_channel.hpp"

#include "config/url.hpp"
#include "config/version.hpp"

#include <algorithm>
#include <poll.h>

namespace tinybook::http {

using std::chrono::milliseconds;

namespace {

constexpr std::size_t max_answer_bytes = std::size_t{64} * 1024;

/// What it means that a request got no answer. The library (0.11.4, which the build
/// checks) never sends a request again by itself, and reports `Write` only while some of
/// it was still to be written.
send_outcome classify_transport_error(httplib::Error error,
                                      call_deadlines::verdict verdict) {
  using httplib::Error;
  send_outcome out;
  out.text = httplib::to_string(error);
  if (verdict == call_deadlines::verdict::late)
    out.text += ", at its deadline";
  else if (verdict == call_deadlines::verdict::cut)
    out.text += ", cut off by the stop";
  switch (error) {
  case Error::Connection:
  case Error::ConnectionTimeout:
  case Error::BindIPAddress:
  case Error::SSLConnection:
  case Error::SSLLoadingCerts:
  case Error::SSLServerVerification:
  case Error::Write:
    out.kind = outcome_class::provider_down;
    out.provider_code = "connection";
    break;
  case Error::Read:
  default:
    out.kind = outcome_class::ambiguous;
    out.provider_code = "no_answer";
  }
  return out;
}

} // namespace

result<split_url> split(std::string_view url) {
  const auto parts = config::split_url(url);
  if (!parts)
    return failure{errc::internal,
                   "a provider's url is an http or https one in printable "
                   "ASCII, without user, password and fragment"};
  std::string target{parts->target};
  if (target.empty() || target.front() == '?')
    target.insert(target.begin(), '/');
  return split_url{std::string{url.substr(0, url.size() - parts->target.size())},
                   std::string{parts->authority}, std::move(target)};
}

http_channel::http_channel(const std::string& origin, const std::string& ca_file,
                           std::shared_ptr<call_deadlines> deadlines)
    : line_(std::move(deadlines)), client_(origin) {
  client_.set_socket_options([this](socket_t socket) { line_.opened(socket); });
  client_.set_keep_alive(true);
  client_.set_tcp_nodelay(true);
  client_.set_follow_location(false);
  client_.set_url_encode(false);
  client_.enable_server_certificate_verification(true);
  if (!ca_file.empty())
    client_.set_ca_cert_path(ca_file);
}

void http_channel::close_if_peer_closed() {
  if (client_.is_socket_open() == 0)
    return;
  // A peer sends on an idle connection only to close it. Over TLS the library takes that
  // close_notify for a living connection, and the request would get no answer.
  pollfd idle{client_.socket(), POLLIN, 0};
  if (::poll(&idle, 1, 0) != 0)
    client_.stop();
}

std::variant<provider_answer, send_outcome>
http_channel::post(const provider_request& request, milliseconds timeout) {
  close_if_peer_closed();
  // Half, so that a connection that cannot be made differs from an answer that is late.
  client_.set_connection_timeout(timeout / 2);
  client_.set_write_timeout(timeout / 2);
  client_.set_read_timeout(timeout);
  httplib::Request out;
  out.method = "POST";
  out.path = request.target;
  out.body = request.body;
  out.headers.insert(request.headers.begin(), request.headers.end());
  out.headers.emplace("User-Agent", "tinybook/" + std::string{version});
  provider_answer answer;
  out.content_receiver = [&](const char* data, std::size_t size, std::uint64_t,
                             std::uint64_t) {
    answer.body.append(data, std::min(size, max_answer_bytes - answer.body.size()));
    return true;
  };
  line_.begin(call_deadlines::clock::now() + timeout);
  const auto sent = client_.send(out);
  const auto verdict = line_.end();
  if (!sent)
    return classify_transport_error(sent.error(), verdict);
  answer.status = sent->status;
  answer.retry_after = sent->get_header_value("Retry-After");
  return answer;
}

} // namespace tinybook::http
