#pragma once

#include "config/exit_code.hpp"
#include "config/settings.hpp"
#include "http/commands/doctor/finding.hpp"

#include <string>

namespace tinybook::http::doctor {

/// Takes every secret of the settings out of all texts, should one have come in by the
/// words of a library.
void hide_secrets(const config::settings& of, findings& in);

/// Group after group, each in the order in which it was looked at.
[[nodiscard]] findings arranged(findings all);

/// For people: what is fine in short lines, all else with what to do.
[[nodiscard]] std::string text_of(const findings& all);

/// `{"version","worst","counts":{"ok","note","warning","error"},"findings":[{"level",
/// "what","found","todo"}]}`; these names last.
[[nodiscard]] std::string json_of(const findings& all);

/// By the worst: `ok` up to a note, `warned`, `failed`.
[[nodiscard]] config::exit_code exit_code_of(const findings& all);

} // namespace tinybook::http::doctor
