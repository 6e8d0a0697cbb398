#include "actors/codes/phone_number.hpp"

#include "config/phone_library.hpp"
#include "config/text_rules.hpp"
#include "storage/support/text.hpp"

#include <phonenumbers/phonenumber.pb.h>
#include <phonenumbers/phonenumberutil.h>
#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <dlfcn.h>
#include <filesystem>
#include <system_error>

namespace tinybook {

namespace {

namespace library = i18n::phonenumbers;

/// More than there are prefixes before any subscriber's number.
constexpr int max_passes = 6;

const library::PhoneNumberUtil& util() {
  return config::phone_library();
}

/// The library would read letters as keypad digits, and `#` or `;ext=` as an extension.
bool has_foreign_marks(std::string_view text) {
  return std::ranges::any_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == ';' || c == '#'
           || c == '*' || c == ',';
  });
}

phone_kind kind_of(const library::PhoneNumber& number) {
  using kinds = library::PhoneNumberUtil;
  const auto type = util().GetNumberType(number);
  if (config::is_service_type(type))
    return phone_kind::service;
  if (type == kinds::FIXED_LINE)
    return phone_kind::fixed_line;
  if (type != kinds::UNKNOWN)
    return phone_kind::personal;
  return util().IsPossibleNumberWithReason(number) == kinds::IS_POSSIBLE
             ? phone_kind::unassigned
             : phone_kind::local;
}

/// Mobile numbers in Argentina have a 9 before the area code, which many people leave out
/// since text messages work without it: `+54 11…` and `+54 9 11…` are one subscriber, for
/// fixed lines and mobiles share the numbers after it. The library itself knows the other
/// such spellings: Argentina's 15 and Mexico's 1.
void add_mobile_token(library::PhoneNumber& number) {
  constexpr int argentina = 54;
  constexpr std::uint64_t token = 90'000'000'000;
  if (number.country_code() != argentina || number.national_number() >= token / 9)
    return;
  auto mobile = number;
  mobile.set_national_number(number.national_number() + token);
  if (util().GetNumberType(mobile) == library::PhoneNumberUtil::MOBILE)
    number.CopyFrom(mobile);
}

/// Formatted by the library, for some countries (Italy) keep the leading zero.
std::string to_e164(const library::PhoneNumber& number) {
  std::string text;
  util().Format(number, library::PhoneNumberUtil::E164, &text);
  return text;
}

/// The E.164 form of what the library reads in `text`, and in `number` its parts; empty
/// if that is no number under `rule`.
std::string parse_form(const std::string& text, std::string_view default_region,
                       phone_rule rule, library::PhoneNumber& number) {
  if (util().Parse(text, std::string(default_region), &number)
          != library::PhoneNumberUtil::NO_PARSING_ERROR
      || number.has_extension())
    return {};
  add_mobile_token(number);
  if (rule == phone_rule::assigned ? !util().IsValidNumber(number)
                                   : !util().IsPossibleNumber(number))
    return {};
  return to_e164(number);
}

/// The library takes off one prefix at a time (`+52 01 1 55…`), so what it made of a text
/// is read once more until nothing changes: one subscriber has one form. Empty as
/// that of `parse_form` is.
std::string settled_form(std::string text, std::string_view default_region,
                         phone_rule rule, library::PhoneNumber& number) {
  for (int pass = 0; pass < max_passes; ++pass) {
    auto form = parse_form(text, default_region, rule, number);
    if (form.empty() || form == text)
      return form;
    text = std::move(form);
  }
  return {};
}

bool begins_with_plus(std::string_view text) {
  return text.starts_with('+') || text.starts_with("＋");
}

} // namespace

result<phone_number> parse_phone(std::string_view field, std::string_view text,
                                 std::string_view default_region, phone_rule rule) {
  const failure refused = field_error{std::string(field), field_rule::not_phone};
  const auto trimmed = trim(text);
  if (trimmed.empty())
    return failure(field_error{std::string(field), field_rule::required});
  if (trimmed.size() > max_typed_phone_bytes
      || !is_clean_text(trimmed, line_breaks::refused) || has_foreign_marks(trimmed))
    return refused;
  library::PhoneNumber number;
  auto form = settled_form(std::string(trimmed), default_region, rule, number);
  // In some regions 00 is not what is dialled for other countries, or only its beginning
  // is (Singapore's 001 … 008), but it is how people write a number for everybody.
  const auto digits = begins_with_plus(trimmed) ? std::string{} : digits_of(trimmed);
  if (digits.starts_with("00")) {
    library::PhoneNumber abroad;
    auto other = settled_form("+" + digits.substr(2), default_region, rule, abroad);
    if (!other.empty() && !form.empty() && other != form
        && util().IsValidNumber(number) == util().IsValidNumber(abroad))
      return refused; // Two subscribers: nobody can tell which is meant.
    if (!other.empty() && (form.empty() || util().IsValidNumber(abroad))) {
      form = std::move(other);
      number.CopyFrom(abroad);
    }
  }
  if (form.empty())
    return refused;
  phone_number parsed{
      form, "+" + std::to_string(number.country_code()), {}, kind_of(number)};
  util().GetRegionCodeForNumber(number, &parsed.region);
  if (!is_phone_region(parsed.region))
    parsed.region.clear(); // the library's marks for "none" and "the whole world"
  return parsed;
}

std::string canonical_phone(const std::string& e164) {
  const auto phone = parse_phone("phone", e164, "", phone_rule::possible);
  return phone ? phone->e164 : e164;
}

std::string spaced_phone(const std::string& e164) {
  library::PhoneNumber number;
  if (util().Parse(e164, "", &number) != library::PhoneNumberUtil::NO_PARSING_ERROR)
    return e164;
  std::string text;
  util().Format(number, library::PhoneNumberUtil::INTERNATIONAL, &text);
  return text;
}

std::string digits_of(std::string_view text) {
  std::string digits(text);
  util().NormalizeDigitsOnly(&digits);
  return digits;
}

phone_metadata_source find_phone_metadata() {
  Dl_info where{};
  struct stat file {};
  const auto* code =
      reinterpret_cast<const void*>(&library::PhoneNumberUtil::GetInstance);
  if (::dladdr(code, &where) == 0 || where.dli_fname == nullptr)
    return {"unknown", {}};
  phone_metadata_source found;
  std::error_code unresolved;
  const auto path = std::filesystem::canonical(where.dli_fname, unresolved);
  found.library = unresolved ? where.dli_fname : path.filename().string();
  if (::stat(where.dli_fname, &file) == 0)
    found.written = std::chrono::system_clock::from_time_t(file.st_mtime);
  return found;
}

bool is_phone_region(std::string_view region) {
  return config::rules::is_region(region);
}

language language_of(std::string_view country_prefix) {
  for (const std::string_view chinese : {"+86", "+852", "+853", "+886"})
    if (country_prefix == chinese)
      return language::zh;
  return language::en;
}

} // namespace tinybook
