#pragma once

#include "config/settings.hpp"
#include "storage/result.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace tinybook {

/// Lengths in code points unless the name says bytes.
struct field_limits {
  std::size_t email_bytes = 254;
  std::size_t nickname_max = 10;
  std::size_t about_me_max = 200;
  std::size_t title_max = 100;
  std::size_t reason_max = 200;
};

/// What is wrong with a text that is not `is_clean_text`. A NUL counts as no UTF-8: it
/// stands for half a character in JSON.
[[nodiscard]] field_rule rule_of_unclean(std::string_view text);

// Each returns the value as it is to be stored, or errc::invalid_field with one
// field_error that names `field`. They cost time linear in the text.

/// Trimmed, `folded`, the domain in A-labels: what one mailbox is known by, however it is
/// typed. One @; 1 to 64 bytes of the characters of RFC 5321's dot-atom (or non-ASCII
/// letters) before it; a host name of two or more labels behind it.
[[nodiscard]] result<std::string> check_email(std::string_view field,
                                              std::string_view value,
                                              const field_limits& limits = {});

/// As `opaque_string` has it: UTF-8 without control characters.
[[nodiscard]] result<std::string> check_password(std::string_view field,
                                                 std::string_view value,
                                                 const config::password_settings& limits);

/// Trimmed; one line with a visible character and no hidden one.
[[nodiscard]] result<std::string> check_nickname(std::string_view field,
                                                 std::string_view value,
                                                 const field_limits& limits = {});

/// Why an operator acts; as `check_nickname`.
[[nodiscard]] result<std::string> check_reason(std::string_view field,
                                               std::string_view value,
                                               const field_limits& limits = {});

/// May be empty and have lines.
[[nodiscard]] result<std::string> check_about_me(std::string_view field,
                                                 std::string_view value,
                                                 const field_limits& limits = {});

/// `YYYY-MM-DD`, a real day, `today` at the latest.
[[nodiscard]] result<std::string> check_birthday(std::string_view field,
                                                 std::string_view value,
                                                 std::chrono::year_month_day today);

/// As a nickname.
[[nodiscard]] result<std::string> check_title(std::string_view field,
                                              std::string_view value,
                                              const field_limits& limits = {});

/// Gathers the refusals of several fields, so that one answer names them all.
class field_report {
 public:
  /// The value, or a value-initialised one after noting the refusal.
  template <class T>
  [[nodiscard]] T take(result<T> checked) {
    if (checked)
      return std::move(*checked);
    note(checked.error());
    return T{};
  }

  void note(failure refused);
  void note(field_error refused);

  [[nodiscard]] bool ok() const { return !failure_; }
  /// What was refused; only when not ok().
  [[nodiscard]] failure error() const { return *failure_; }

 private:
  std::optional<failure> failure_;
};

} // namespace tinybook
