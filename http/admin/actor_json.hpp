#pragma once

#include "actors/inspection/messages.hpp"
#include "http/api/json_writer.hpp"

#include <string>

namespace tinybook::http {

/// One actor as the admin listener shows it; times in milliseconds.
void write_actor(json_writer& w, const actor_report& actor);

/// One actor as a line for a terminal: health, name, and what is wrong since when, or how
/// busy it is.
[[nodiscard]] std::string actor_line(const actor_report& actor, wall_time now);

} // namespace tinybook::http
