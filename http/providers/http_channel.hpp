#pragma once

#include "actors/sms/outcome.hpp"
#include "http/providers/call_deadlines.hpp"
#include "storage/result.hpp"

#include <httplib.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace tinybook::http {

/// An http or https address, in the parts that a call takes.
struct split_url {
  std::string origin; ///< `https://host:8443`
  std::string host;   ///< `host:8443`
  std::string target; ///< `/path?query`, at least `/`
};

/// Errors: `internal` for what `config::split_url` refuses.
[[nodiscard]] result<split_url> split(std::string_view url);

/// What is posted to a provider.
struct provider_request {
  std::string target; ///< Path and query, encoded.
  std::vector<std::pair<std::string, std::string>> headers{};
  std::string body{};
};

struct provider_answer {
  int status = 0;
  std::string body{}; ///< Cut off at 64 KiB: nobody needs more.
  std::string retry_after{};
};

/// One connection to a provider, kept alive, and made again when the peer has closed it.
/// Redirects are not followed: they could send the code anywhere.
/// Over https the peer's certificate and name are checked. For one thread.
class http_channel {
 public:
  /// `ca_file`: PEM; empty = the certificates that the system trusts.
  http_channel(const std::string& origin, const std::string& ca_file,
               std::shared_ptr<call_deadlines> deadlines);

  /// The answer, or what it means that there is none: `provider_down` where the request
  /// was certainly not sent in full, else `ambiguous`. `timeout` is for all of it:
  /// connecting, TLS, the request and the whole answer; only the look-up of a host name
  /// can take longer.
  [[nodiscard]] std::variant<provider_answer, send_outcome>
  post(const provider_request& request, std::chrono::milliseconds timeout);

  /// Ends the call under way, and lets no other begin. From any thread.
  void cut() { line_.cut(); }

 private:
  void close_if_peer_closed();

  call_deadlines::line line_;
  httplib::Client client_;
};

} // namespace tinybook::http
