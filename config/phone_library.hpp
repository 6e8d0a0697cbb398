#pragma once

#include <phonenumbers/phonenumberutil.h>

namespace tinybook::config {

/// The library of phone numbers with its metadata, silent: it writes to standard output,
/// and may quote what it was given. Thread-safe.
[[nodiscard]] const i18n::phonenumbers::PhoneNumberUtil& phone_library();

} // namespace tinybook::config
