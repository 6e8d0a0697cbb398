#pragma once

#include "actors/abuse/verdict_client.hpp"
#include "http/providers/http_channel.hpp"
#include "storage/support/random.hpp"
#include "storage/types.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace tinybook::http {

struct verdict_webhook_options {
  std::string url;       ///< http or https; certificates are checked.
  std::string secret;    ///< `whsec_<base64>`
  std::string ca_file{}; ///< PEM; empty = the certificates that the system trusts.
};

/// Code points of a denial's text that a person is shown.
inline constexpr std::size_t max_verdict_text = 200;

/// The clients of the endpoint: each keeps one connection. A question is posted as JSON,
/// signed as Standard Webhooks says. A phone goes there masked, an e-mail as its domain,
/// and both as HMAC-SHA256 by the webhook's key: the endpoint recognises who comes again
/// and what it knows already, and does not learn numbers or addresses. Redirects are not
/// followed. Options that cannot work make every verdict a failure.
[[nodiscard]] verdict_client_factory
verdict_webhook(verdict_webhook_options options, wall_clock clock,
                std::shared_ptr<random_source> random);

/// The body of a question; `key` is raw.
[[nodiscard]] std::string verdict_body(const verdict_question& question,
                                       std::string_view id, std::string_view key);

/// What an answer means: 2xx with `{"verdict":"allow"}` or `{"verdict":"deny"}`, which
/// may have a `text`; anything else is a failure. A text of more than one line or
/// `max_verdict_text` is made to fit.
[[nodiscard]] hook_verdict read_verdict(const provider_answer& answer);

} // namespace tinybook::http
