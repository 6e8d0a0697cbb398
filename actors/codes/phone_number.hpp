#pragma once

#include "storage/result.hpp"
#include "storage/support/language.hpp"
#include "storage/types.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tinybook {

/// What a number is used for, by the library's metadata.
enum class phone_kind : std::uint8_t {
  personal, ///< Mobile, or of another personal kind; also where fixed lines and mobiles
            ///< cannot be told apart, as in `+1`.
  fixed_line,
  service,    ///< Premium rate, shared cost, toll-free, voicemail, pager, company number.
  unassigned, ///< Of a possible length, but in no range that the metadata know.
  local,      ///< As short as a number that is dialled within one area.
};

/// A phone number in its one normalised form.
struct phone_number {
  std::string e164;           ///< `+8613800138000`
  std::string country_prefix; ///< `+86`
  std::string region;         ///< `CN`; empty where the prefix belongs to none.
  phone_kind kind = phone_kind::personal;

  /// The key under which its sends are counted: regions that share a prefix, such as
  /// `+1`, are counted separately.
  [[nodiscard]] const std::string& region_or_prefix() const {
    return region.empty() ? country_prefix : region;
  }

  bool operator==(const phone_number&) const = default;
};

/// Longer than any spelling of 15 digits.
inline constexpr std::size_t max_typed_phone_bytes = 96;

enum class phone_rule : std::uint8_t {
  assigned, ///< In a range that the numbering plan has assigned.
  possible, ///< Of a possible length, which is enough for configured test numbers.
};

/// Parses a number as people type it (spaces, dashes, full-width digits, `0086…`, a
/// national number of `default_region`) and normalises it. Fails with
/// errc::invalid_field and field_rule::not_phone on `field`. Extensions and letters are
/// refused: two spellings would share one limit but not one owner. `00` is a plus in all
/// regions; what may then be two subscribers' is refused. Mobiles with several
/// international spellings, as in Argentina and Mexico, are brought into one of them.
[[nodiscard]] result<phone_number> parse_phone(std::string_view field,
                                               std::string_view text,
                                               std::string_view default_region = "CN",
                                               phone_rule rule = phone_rule::assigned);

/// Normalises a stored or reported number in E.164 as `parse_phone` does; one that it
/// refuses is returned as it is.
[[nodiscard]] std::string canonical_phone(const std::string& e164);

/// A number in E.164 as people write it abroad (`+86 138 0013 8000`).
[[nodiscard]] std::string spaced_phone(const std::string& e164);

/// The decimal digits of any script in `text` (UTF-8), as ASCII digits; the rest is
/// dropped.
[[nodiscard]] std::string digits_of(std::string_view text);

/// The file of the library that holds the metadata of phone numbers.
struct phone_metadata_source {
  std::string library; ///< The name of the file.
  wall_time
      written{}; ///< When it was written; the metadata are no newer. Zero = unknown.
};

[[nodiscard]] phone_metadata_source find_phone_metadata();

/// Whether `region` is a region of the numbering plan: two upper-case letters such as
/// `CN`.
[[nodiscard]] bool is_phone_region(std::string_view region);

/// The language of an SMS to a country prefix where the caller named none: Chinese in
/// mainland China, Hong Kong, Macau and Taiwan, else English.
[[nodiscard]] language language_of(std::string_view country_prefix);

} // namespace tinybook
