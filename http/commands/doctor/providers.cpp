#include "http/commands/doctor/providers.hpp"

#include "config/ip_address.hpp"
#include "config/url.hpp"
#include "http/server/unique_fd.hpp"
#include "http/text_tools.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <ctime>
#include <memory>
#include <netdb.h>
#include <poll.h>
#include <system_error>

namespace tinybook::http::doctor {

namespace {

using step = endpoint_facts::step;
using steady = std::chrono::steady_clock;

constexpr std::chrono::days soon{14};

struct ssl_closer {
  void operator()(SSL_CTX* c) const { SSL_CTX_free(c); }
  void operator()(SSL* s) const { SSL_free(s); }
  void operator()(X509* c) const { X509_free(c); }
  void operator()(addrinfo* a) const { ::freeaddrinfo(a); }
};
template <class T>
using owned = std::unique_ptr<T, ssl_closer>;

/// `host`, `host:8443` or `[::1]:8443`.
bool read_authority(std::string_view text, endpoint_facts& into) {
  const auto bracket = text.find(']');
  const auto colon = text.find(':', bracket == std::string_view::npos ? 0 : bracket);
  auto host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']'))
    host = host.substr(1, host.size() - 2);
  into.host = host;
  into.port = into.tls ? 443 : 80;
  if (colon == std::string_view::npos)
    return true;
  const auto digits = text.substr(colon + 1);
  const auto [end, failed] =
      std::from_chars(digits.data(), digits.data() + digits.size(), into.port);
  return failed == std::errc{} && end == digits.data() + digits.size();
}

bool wait_for(int socket, short events, steady::time_point deadline) {
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(deadline - steady::now());
  pollfd one{socket, events, 0};
  return left.count() > 0 && ::poll(&one, 1, static_cast<int>(left.count())) == 1;
}

/// 0 or an errno.
int connect_to(int socket, const addrinfo& to, steady::time_point deadline) {
  if (::connect(socket, to.ai_addr, to.ai_addrlen) == 0)
    return 0;
  if (errno != EINPROGRESS)
    return errno;
  if (!wait_for(socket, POLLOUT, deadline))
    return ETIMEDOUT;
  int code = 0;
  socklen_t size = sizeof code;
  return ::getsockopt(socket, SOL_SOCKET, SO_ERROR, &code, &size) == 0 ? code : errno;
}

unique_fd connect_to_any(const addrinfo* all, steady::time_point deadline,
                         std::string& why) {
  for (const auto* to = all; to != nullptr; to = to->ai_next) {
    unique_fd socket(::socket(to->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
                              to->ai_protocol));
    const int code = socket ? connect_to(socket.get(), *to, deadline) : errno;
    if (code == 0)
      return socket;
    why = std::system_category().message(code);
  }
  return unique_fd{};
}

bool is_loopback(const addrinfo& at) {
  std::array<char, NI_MAXHOST> text{};
  if (::getnameinfo(at.ai_addr, at.ai_addrlen, text.data(), text.size(), nullptr, 0,
                    NI_NUMERICHOST)
      != 0)
    return false;
  const auto address = ip_address::parse(text.data());
  return address && address->is_loopback();
}

std::string openssl_reason() {
  const auto code = ERR_get_error();
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  return reason == nullptr ? "the connection was closed" : reason;
}

/// Takes part in the handshake until it is over; why it failed, else empty.
std::string shake_hands(SSL* session, int socket, steady::time_point deadline) {
  while (true) {
    ERR_clear_error();
    const int done = SSL_connect(session);
    if (done == 1)
      return {};
    const int wanted = SSL_get_error(session, done);
    if (wanted != SSL_ERROR_WANT_READ && wanted != SSL_ERROR_WANT_WRITE)
      return openssl_reason();
    if (!wait_for(socket, wanted == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT, deadline))
      return "no answer in time";
  }
}

std::optional<std::chrono::sys_seconds> end_of(SSL* session) {
  const owned<X509> certificate{SSL_get1_peer_certificate(session)};
  std::tm at{};
  if (!certificate || ASN1_TIME_to_tm(X509_get0_notAfter(certificate.get()), &at) != 1)
    return std::nullopt;
  return std::chrono::sys_seconds{std::chrono::seconds{::timegm(&at)}};
}

/// A certificate that is not trusted does not end the handshake, so that it can be looked
/// at; nothing is sent in it.
void look_at_tls(int socket, steady::time_point deadline, const std::string& ca_file,
                 endpoint_facts& into) {
  const owned<SSL_CTX> context{SSL_CTX_new(TLS_client_method())};
  ERR_clear_error();
  if (ca_file.empty()) {
    SSL_CTX_set_default_verify_paths(context.get());
  } else if (SSL_CTX_load_verify_file(context.get(), ca_file.c_str()) != 1) {
    into.failed = step::ca_file;
    into.why = openssl_reason();
    return;
  }
  const owned<SSL> session{SSL_new(context.get())};
  SSL_set_fd(session.get(), socket);
  if (ip_address::parse_bare(into.host)) {
    X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session.get()), into.host.c_str());
  } else {
    SSL_set1_host(session.get(), into.host.c_str());
    // The library's macro SSL_set_tlsext_host_name, which uses C-style casts.
    SSL_ctrl(session.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
             into.host.data());
  }
  into.why = shake_hands(session.get(), socket, deadline);
  if (!into.why.empty()) {
    into.failed = step::handshake;
    return;
  }
  into.valid_until = end_of(session.get());
  if (const auto code = SSL_get_verify_result(session.get()); code != X509_V_OK) {
    into.failed = step::certificate;
    into.why = X509_verify_cert_error_string(code);
  }
  SSL_shutdown(session.get());
}

std::string name_of(const endpoint_facts& e) {
  return (e.tls ? "https://" : "http://") + e.host + ':' + std::to_string(e.port);
}

} // namespace

endpoint_facts look_at_endpoint(const std::string& url, std::chrono::milliseconds bound,
                                const std::string& ca_file) {
  endpoint_facts out;
  const auto parts = config::split_url(url);
  out.tls = parts && parts->scheme == "https";
  if (!parts || !read_authority(parts->authority, out)) {
    out.failed = step::url;
    return out;
  }
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* first = nullptr;
  if (const int code = ::getaddrinfo(out.host.c_str(), std::to_string(out.port).c_str(),
                                     &hints, &first);
      code != 0) {
    out.failed = step::name;
    out.why = ::gai_strerror(code);
    return out;
  }
  const owned<addrinfo> all{first};
  out.loopback = true;
  for (const auto* at = all.get(); at != nullptr; at = at->ai_next)
    out.loopback = out.loopback && is_loopback(*at);
  const auto deadline = steady::now() + bound;
  const auto socket = connect_to_any(all.get(), deadline, out.why);
  if (!socket) {
    out.failed = step::connection;
    return out;
  }
  out.why.clear();
  if (out.tls)
    look_at_tls(socket.get(), deadline, ca_file, out);
  return out;
}

findings judge_endpoint(const endpoint_owner& owner, const endpoint_facts& e,
                        std::chrono::sys_seconds now) {
  const auto& what = owner.what;
  const auto name = name_of(e);
  const std::string key{owner.trusted_by};
  switch (e.failed) {
  case step::url:
    return {error(what, "its url cannot be called", "Look at its url.")};
  case step::name:
    return {error(what, e.host + " is not found: " + e.why,
                  "Look at its url and at this machine's name servers.")};
  case step::connection:
    return {error(what, name + " cannot be reached: " + e.why,
                  "Look at the firewall and the routes out of this machine.")};
  case step::ca_file:
    return {
        error(what, "the file of " + key + " is of no use: " + e.why,
              "Look whether it is there, may be read and holds certificates in PEM.")};
  case step::handshake:
    return {error(what, name + ": no TLS: " + e.why,
                  "Look at the port in its url, and whether a proxy is in between.")};
  case step::certificate:
    return {error(what, name + ": its certificate is not accepted: " + e.why,
                  (key.empty() ? "Install the package ca-certificates or its issuer's "
                                 "certificate"
                               : "Put its issuer's certificate into the file of " + key)
                      + ", and look at this machine's clock.")};
  case step::none:
    break;
  }
  if (!e.tls && !e.loopback)
    return {warning(what, name + " gets " + std::string{owner.sent} + " in clear text",
                    "Use https.")};
  if (!e.valid_until)
    return {fine(what, name)};
  const auto left = std::chrono::floor<std::chrono::days>(*e.valid_until - now);
  const auto told =
      name + fill_in(", certificate for {} {day|days}", {std::to_string(left.count())});
  if (left < soon)
    return {warning(what, told, "Ask who runs it to renew it, or renew your own.")};
  return {fine(what, told)};
}

} // namespace tinybook::http::doctor
