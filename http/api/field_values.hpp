#pragma once

#include "http/api/route.hpp"
#include "storage/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace tinybook::http {

/// The checked inputs of one request, from body, path and query. Handlers ask by the
/// names of their route; a name that the route does not have is a bug and gives an empty
/// value.
class field_values {
 public:
  using value = std::variant<std::string, std::int64_t, bool>;

  void set(const field_spec& spec, value v) { values_.push_back({&spec, std::move(v)}); }

  [[nodiscard]] const std::string& text(std::string_view name) const;
  /// Nothing where the client did not send it.
  [[nodiscard]] std::optional<std::string> given(std::string_view name) const;
  [[nodiscard]] std::int64_t integer(std::string_view name) const;
  [[nodiscard]] bool flag(std::string_view name) const;
  /// Whether the client sent it.
  [[nodiscard]] bool has(std::string_view name) const { return find(name) != nullptr; }

  /// The texts of secret fields, which must not be logged: views into this object.
  [[nodiscard]] std::vector<std::string_view> secrets() const;

 private:
  struct entry {
    const field_spec* spec;
    value content;
  };
  [[nodiscard]] const entry* find(std::string_view name) const;

  std::vector<entry> values_;
};

/// A value as it was sent, before it is checked against its spec.
struct raw_value {
  enum class kind : std::uint8_t {
    null,
    boolean,
    integer,
    huge_integer, ///< An integer that 64 bits do not hold; `integer` is its sign.
    fraction,
    text,
    container,
  };
  kind what = kind::null;
  bool flag = false;
  std::int64_t integer = 0;
  std::string text{};
};

/// Puts `sent` into `into`, or what is wrong with it into `refused`. Null counts as
/// missing, or as empty where the field is clearable.
void take_field(const field_spec& spec, raw_value* sent, field_values& into,
                std::vector<field_error>& refused);

/// Reads a path or query parameter as a value of the kind that `spec` asks for.
[[nodiscard]] raw_value read_parameter(const field_spec& spec, std::string text);

} // namespace tinybook::http
