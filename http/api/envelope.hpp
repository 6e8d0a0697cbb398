#pragma once

#include "http/server/exchange.hpp"
#include "storage/result.hpp"
#include "storage/support/language.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tinybook::http {

/// What a handler returns when it succeeds: an answer without the headers that all
/// answers have.
struct answer {
  int status = 200;
  std::string body{};
  std::string_view content_type = "application/json; charset=utf-8";
  std::vector<std::pair<std::string, std::string>> headers{};
  bool no_store = true; ///< False for what anyone may see and caches may keep.
  std::string_view content_policy = "default-src 'none'; frame-ancestors 'none'";
  /// The rest of the body, part by part; null = it is whole. It outlives the handler.
  next_part rest{};
  /// For the log: why a page that a handler has made itself is an error.
  std::optional<failure> refused{};
};

/// `{"code":0,"msg":…,"data":…}`; `data` is JSON.
[[nodiscard]] std::string success_body(std::string_view data, std::string_view msg);

/// `{"code","error","msg","data":null,"fields":[…],"requestId"}`, and every 429
/// has a `rule`, which limit it is. Never shows `failure::detail`.
[[nodiscard]] std::string error_body(const failure& why, language lang,
                                     std::string_view request_id);

/// The Retry-After of a failure in whole seconds, rounded up. Every 429 and 503 has one,
/// a second where the failure names no time.
[[nodiscard]] std::optional<std::chrono::seconds> retry_after(const failure& why);

} // namespace tinybook::http
