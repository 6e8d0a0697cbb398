#pragma once

#include "http/api/route.hpp"

#include <vector>

namespace tinybook::http {

/// Every route of the admin listener.
[[nodiscard]] std::vector<route> admin_routes();

// Its parts, each beside its handlers.

/// What operators see and do about messages: the list with its filters, redrive, discard.
[[nodiscard]] std::vector<route> sms_message_routes();

/// What operators see and do about providers: the table, forcing a state, pausing all.
[[nodiscard]] std::vector<route> sms_provider_routes();

/// Bans, and articles that are taken down.
[[nodiscard]] std::vector<route> moderation_routes();

/// The audit trail.
[[nodiscard]] std::vector<route> audit_routes();

/// What operators do about the boards.
[[nodiscard]] std::vector<route> ranking_admin_routes();

} // namespace tinybook::http
