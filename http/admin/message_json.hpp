#pragma once

#include "http/api/json_writer.hpp"
#include "storage/sms_archive.hpp"

#include <optional>
#include <string_view>

namespace tinybook::http {

/// The stable name of a state, as operators write and read it.
[[nodiscard]] std::string_view name_of(storage::message_state state);
[[nodiscard]] std::optional<storage::message_state> message_state_of(std::string_view);

/// One message as operators see it: the phone masked, times as RFC 3339 (null where
/// there is none), never the parameters.
void write_message(json_writer& w, const storage::message_history& history);

} // namespace tinybook::http
