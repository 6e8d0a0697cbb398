#pragma once

#include "actors/system/deadline.hpp"
#include "http/api/field_values.hpp"
#include "http/api/route.hpp"
#include "http/auth/client_address.hpp"
#include "http/auth/token_cache.hpp"
#include "storage/kept_answers.hpp"

#include <httplib.h>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tinybook::http {

/// The fields of a form by name.
using form_values = std::map<std::string, std::string, std::less<>>;

/// One request on its way, as far as it has been understood.
struct request_context {
  request_context(const httplib::Request& request, const client_locator& by)
      : raw(request), locator(by) {}

  const httplib::Request& raw;
  const client_locator& locator;
  std::string request_id{};
  const route* matched = nullptr;      ///< Nothing for an unknown path or method.
  std::optional<language> asked_for{}; ///< By Accept-Language.
  field_values fields{};
  claims_ptr session{};                        ///< Nothing = anonymous.
  std::string operator_name{};                 ///< Of whose admin token was shown.
  std::string_view refresh_token{};            ///< On routes that take one.
  std::optional<storage::repeatable> repeat{}; ///< On routes that take a key.
  deadline due{};

  // Of pages alone.
  form_values form{};                 ///< The body as it was sent, to be shown again.
  std::string verdict_token{};        ///< What the form's widget gave.
  std::optional<failure> refused{};   ///< What is wrong with the input.
  std::vector<std::string> cookies{}; ///< To be set whatever the answer is.
  bool ban_lifted = false; ///< The session shown is of who was banned, and is no more.

  [[nodiscard]] bool is_page() const {
    return matched != nullptr && matched->face == route_face::page;
  }
  /// English where the client names no language of ours.
  [[nodiscard]] language lang() const { return asked_for.value_or(language::en); }
  /// Computed at each call: most requests never need it.
  [[nodiscard]] client_address client() const;
  /// Whether a trusted proxy says that the client came over TLS.
  [[nodiscard]] bool over_tls() const;
  /// Whether who asks is banned, which only routes `for_banned` serve.
  [[nodiscard]] bool is_banned() const {
    return session && session->kind == token_kind::banned;
  }
  /// 0 = anonymous.
  [[nodiscard]] user_id user() const { return session ? session->user_id : 0; }
};

/// The first value of a header; empty where it is absent. No copy.
[[nodiscard]] std::string_view header_of(const httplib::Request& request,
                                         const char* name);

/// See `find_cookies`, in the first Cookie header that has one.
[[nodiscard]] std::vector<std::string_view> cookies_of(const httplib::Request& request,
                                                       std::string_view name);

/// The values of every header of that name, in order.
[[nodiscard]] std::vector<std::string_view> values_of(const httplib::Request& request,
                                                      const char* name);

} // namespace tinybook::http
