#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace tinybook::storage::redis {

/// What Redis answers (RESP2): nothing, a number, a string (bulk or status) or a list.
/// An error is no value: it comes as a failure.
struct value {
  std::variant<std::monostate, std::int64_t, std::string, std::vector<value>> content{};

  [[nodiscard]] bool is_nil() const { return content.index() == 0; }
  /// 0, "" and an empty list where it is something else.
  [[nodiscard]] std::int64_t number() const;
  [[nodiscard]] const std::string& text() const;
  [[nodiscard]] const std::vector<value>& list() const;

  bool operator==(const value&) const = default;
};

} // namespace tinybook::storage::redis
