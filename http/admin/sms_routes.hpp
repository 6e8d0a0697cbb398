#pragma once

#include "http/api/route.hpp"

#include <vector>

namespace tinybook::http {

/// What operators see and do about messages: the list with its filters, redrive, discard.
[[nodiscard]] std::vector<route> sms_message_routes();

/// What operators see and do about providers: the table, forcing a state, pausing all.
[[nodiscard]] std::vector<route> sms_provider_routes();

} // namespace tinybook::http
