#pragma once

#include <phonenumbers/phonenumberutil.h>

#include <string_view>

namespace tinybook::config {

/// The library of phone numbers with its metadata, silent: it writes to standard output,
/// and may quote what it was given. Thread-safe.
[[nodiscard]] const i18n::phonenumbers::PhoneNumberUtil& phone_library();

/// Premium rate, shared cost, toll-free, voicemail, pager or company number: nobody's
/// own.
[[nodiscard]] bool is_of_a_service(i18n::phonenumbers::PhoneNumberUtil::PhoneNumberType);

/// Whether a number that may be somebody's begins with `prefix`, `+` and up to 15 digits,
/// as far as the metadata knows. It has no list of them, so numbers are tried, some
/// thousands where there is none.
[[nodiscard]] bool some_number_begins_with(std::string_view prefix);

} // namespace tinybook::config
