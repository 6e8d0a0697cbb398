#pragma once

#include "storage/result.hpp"
#include "storage/support/language.hpp"
#include "storage/types.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace tinybook {

/// What a number is for, as the library's metadata tells it.
enum class phone_kind : std::uint8_t {
  personal, ///< Mobile, or whatever else may be somebody's; also where fixed lines and
            ///< mobiles look alike, as in `+1`.
  fixed_line,
  service,    ///< Premium rate, shared cost, toll-free, voicemail, pager, company number.
  unassigned, ///< Of a right length, but in no range that the metadata knows.
  local,      ///< Only as long as what is dialled within one area.
};

/// A phone number in one form only.
struct phone_number {
  std::string e164;           ///< `+8613800138000`
  std::string country_prefix; ///< `+86`
  std::string region;         ///< `CN`; empty where a prefix tells no region.

  phone_kind kind = phone_kind::personal;

  /// What its sends count under: regions that share a prefix, as those of `+1` do, count
  /// apart.
  [[nodiscard]] const std::string& region_or_prefix() const {
    return region.empty() ? country_prefix : region;
  }

  bool operator==(const phone_number&) const = default;
};

enum class phone_rule : std::uint8_t {
  assigned, ///< In a range that the numbering plan has given out.
  possible, ///< Of a right length: what configured test numbers may be.
};

/// Parses what people type (spaces, dashes, full-width digits, `0086…`, a national number
/// of `default_region`) and normalises it. A refusal is errc::invalid_field with
/// field_rule::not_phone on `field`. Extensions and letters are refused: two spellings
/// would share one limit but not one owner. A mobile that has several spellings abroad,
/// as in Argentina and Mexico, comes in one of them.
[[nodiscard]] result<phone_number> parse_phone(std::string_view field,
                                               std::string_view text,
                                               std::string_view default_region = "CN",
                                               phone_rule rule = phone_rule::assigned);

/// What `parse_phone` makes of a number in E.164 that was stored or reported; one that it
/// refuses stays as it is.
[[nodiscard]] std::string canonical_phone(const std::string& e164);

/// The decimal digits in `text`, which is UTF-8, of any script, as ASCII digits; whatever
/// else stands there is dropped.
[[nodiscard]] std::string digits_of(std::string_view text);

/// Where the library that knows the numbers comes from.
struct phone_metadata_source {
  std::string library; ///< Name of its file; it is built in, so no newer than that.
  wall_time written{}; ///< When that file was made; zero = unknown.
};

[[nodiscard]] phone_metadata_source find_phone_metadata();

/// Whether `region` is a region of the numbering plan: two upper-case letters such as
/// `CN`.
[[nodiscard]] bool is_phone_region(std::string_view region);

/// The language of an SMS to a country prefix where the caller named none: Chinese in
/// mainland China, Hong Kong, Macau and Taiwan, else English.
[[nodiscard]] language language_of(std::string_view country_prefix);

} // namespace tinybook
