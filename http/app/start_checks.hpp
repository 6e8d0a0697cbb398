#pragma once

#include "config/settings.hpp"
#include "storage/result.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

/// Checks and messages of the start.
namespace tinybook::http {

/// Where people find a listener: at `localhost`, for which cookies on this machine are
/// set, unless it listens on another address only.
[[nodiscard]] std::string url_of(std::string_view address, std::uint16_t port);

/// `why`, with the configuration keys that say where `listener` ("admin" or "public")
/// listens.
[[nodiscard]] failure with_keys_of(std::string_view listener, failure why);

/// In a data folder: where `tinybook restore` keeps what is not whole yet.
inline constexpr auto interrupted_restore = "restoring";

/// In a data folder: says that `tinybook migrate` has moved what is in it.
inline constexpr auto moved_note = "moved-to-postgresql";

/// Fails where a restore into a data folder was begun and not ended, for a server would
/// begin with an empty database there; and where its data was moved elsewhere, for a
/// server would send the SMS that waited a second time. Also where others may put files
/// into it.
[[nodiscard]] result<done> check_data_folder(const std::filesystem::path& folder);

/// Fails where a secret of ours in a data folder is a link: whoever could put it there
/// would choose the secret. Where it is to be kept elsewhere `key` of the configuration
/// says so.
[[nodiscard]] result<done> refuse_link(const std::filesystem::path& secret,
                                       std::string_view key);

/// Fails where the file that the key `name` of the configuration gives for certificates
/// of a CA, in PEM, has none: no connection would succeed.
[[nodiscard]] result<done> check_certificates(const std::string& file,
                                              std::string_view name);

/// The same of every such file of the back ends and endpoints that are in use.
[[nodiscard]] result<done> check_certificates(const config::settings& settings);

/// Fails where a data folder holds a database without its keys, unless `new_keys` is set:
/// with new keys every session and pending message is void, which the operator must have
/// asked for.
[[nodiscard]] result<done> refuse_lost_keys(const std::filesystem::path& folder,
                                            bool new_keys);

} // namespace tinybook::http
