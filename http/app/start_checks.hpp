#pragma once

#include "config/settings.hpp"
#include "storage/result.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

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

/// A file that a server keeps in its data folder.
struct own_file {
  std::filesystem::path file;
  std::string_view key; ///< Of the configuration, which says where it is kept instead.
};

/// Those of a server with these settings, whether they are there or not.
[[nodiscard]] std::vector<own_file> own_files(const config::settings& settings);

/// Fails where one of ours in a data folder is a link: whoever could put it there would
/// choose what is in it.
[[nodiscard]] result<done> refuse_link(const own_file& ours);

/// Fails where the operators' first token is there and cannot be used: open to others, or
/// damaged.
[[nodiscard]] result<done> check_admin_token(const config::settings& settings);

/// Fails where the file of `audit.log` could not be opened; makes none.
[[nodiscard]] result<done> check_audit_file(const config::settings& settings);

/// All of it that a start looks at in its data folder before it makes anything, and
/// `tinybook doctor`, too.
[[nodiscard]] result<done> check_own_files(const config::settings& settings);

/// What a start refuses of the data folder and its links, for who takes a backup of it or
/// restores one into it. Root does so for the owner of the folder.
[[nodiscard]] result<done> check_folder_of_backup(const config::settings& settings);

/// A warning, with the way out, where others than the user of the server may put files
/// into a folder of a backup, or write into those that are there: what is in it decides
/// who becomes whom. That user is the owner of `data` where root asks. Else empty.
[[nodiscard]] std::string warn_of_open_backup(const std::filesystem::path& folder,
                                              const std::filesystem::path& data);

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
