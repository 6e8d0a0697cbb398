#pragma once

#include "actors/accounts/client_info.hpp"
#include "storage/result.hpp"

#include <chrono>
#include <cstdint>
#include <string>

namespace tinybook {

/// What the operator's endpoint is asked about.
struct verdict_question {
  enum class about : std::uint8_t { code_send, sign_up };

  about what = about::code_send;
  client_info client{};
  std::string purpose{};        ///< Of the code.
  std::string phone{};          ///< E.164. It leaves us masked and hashed.
  std::string country_prefix{}; ///< Of the phone, such as `+1`.
  std::string region{};         ///< Of the phone, such as `JM`; empty = not known.
  std::string email{};          ///< In its one form. Its domain and its hash leave us.
};

/// What came of one call of the endpoint.
struct hook_verdict {
  enum class outcome : std::uint8_t { allowed, denied, failed };

  outcome kind = outcome::failed;
  std::string text{}; ///< Of a denial: plain text for the person. May be empty.
  std::string why{};  ///< Of a failure, for operators.
};

/// Calls the endpoint. Always answered with a verdict, however the endpoint behaves;
/// fails with `overloaded` where too many wait for a connection, and as any worker.
struct call_verdict_hook {
  using reply = hook_verdict;
  verdict_question question;
  std::chrono::steady_clock::time_point until{}; ///< Nobody waits for longer.
};

/// Whether the person may go on. Fails with `verdict_denied`, which may have a text for
/// the person, and with `unavailable` where there is no verdict and that means no.
struct ask_verdict {
  using reply = done;
  verdict_question question;
};

} // namespace tinybook
