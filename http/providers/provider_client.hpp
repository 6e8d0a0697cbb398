#pragma once

#include "actors/sms/sms_provider.hpp"
#include "http/log/log.hpp"
#include "http/providers/answer_class.hpp"
#include "http/providers/http_channel.hpp"
#include "storage/result.hpp"
#include "storage/types.hpp"

#include <functional>
#include <string>

namespace tinybook::http {

/// How one kind of provider is called: two functions, pure but for a nonce.
struct provider_dialect {
  /// Fails where no request can be made of the message; then nothing is sent.
  std::function<result<provider_request>(const outgoing_sms&, wall_time now)> request;
  std::function<classed_answer(const provider_answer&, const outgoing_sms&,
                               wall_time now)>
      classify;
};

struct provider_endpoint {
  std::string name;    ///< Of the provider, for the log.
  std::string url;     ///< Only its origin counts here; the path is the dialect's.
  std::string ca_file; ///< PEM; empty = the certificates that the system trusts.
};

/// Clients that keep one connection each: a sender has as many as workers. A code that is
/// in no table is logged once per provider, at most 1000 of them. For a url that cannot
/// be called the clients are those of `broken_provider`.
[[nodiscard]] sms_provider_factory http_provider(provider_endpoint endpoint,
                                                 provider_dialect dialect,
                                                 wall_clock clock, log_ptr log);

/// Clients of a provider whose options cannot work: every send is `provider_down` with
/// the reason.
[[nodiscard]] sms_provider_factory broken_provider(std::string why);

} // namespace tinybook::http
