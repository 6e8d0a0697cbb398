#pragma once

#include "config/settings.hpp"
#include "http/commands/doctor/finding.hpp"

namespace tinybook::http::doctor {

/// What can be told of the settings alone.
[[nodiscard]] findings judge_configuration(const config::settings& s);

} // namespace tinybook::http::doctor
