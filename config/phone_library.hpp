#pragma once

#include <phonenumbers/phonenumberutil.h>

#include <string_view>

namespace tinybook::config {

/// libphonenumber with its metadata. Its log is off: it would go to standard output and
/// may quote numbers. Thread-safe.
[[nodiscard]] const i18n::phonenumbers::PhoneNumberUtil& phone_library();

/// Premium rate, shared cost, toll-free, voicemail, pager or company number: not a
/// person's own.
[[nodiscard]] bool is_service_type(i18n::phonenumbers::PhoneNumberUtil::PhoneNumberType);

/// Whether a person's number may begin with `prefix` (`+` and up to 15 digits), as far as
/// the metadata knows. It has no list of prefixes, so numbers are tried: some thousands
/// before the answer is no.
[[nodiscard]] bool some_number_begins_with(std::string_view prefix);

} // namespace tinybook::config
