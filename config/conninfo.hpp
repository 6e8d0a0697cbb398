#pragma once

#include <map>
#include <optional>
#include <string>

namespace tinybook::config {

/// What libpq reads in `postgres.url`, by its keywords: a URL, or words such as
/// `host=127.0.0.1 user=ann`; escapes are resolved. Nothing where it can read nothing.
using conninfo = std::map<std::string, std::string>;
[[nodiscard]] std::optional<conninfo> read_conninfo(const std::string& text);

/// Whether libpq takes pieces of a password for the host, the port or the database, and
/// quotes those in its errors: an unescaped `@` or `/` in the password of the URL `text`,
/// which it has read as `all`.
[[nodiscard]] bool splits_password(const std::string& text, const conninfo& all);

} // namespace tinybook::config
