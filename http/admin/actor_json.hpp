#pragma once

#include "actors/inspection/messages.hpp"
#include "http/api/json_writer.hpp"

namespace tinybook::http {

/// One actor as the admin listener shows it; times in milliseconds.
void write_actor(json_writer& w, const actor_report& actor);

} // namespace tinybook::http
