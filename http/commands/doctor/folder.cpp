#include "http/commands/doctor/folder.hpp"

#include "config/file_access.hpp"
#include "config/local_parts.hpp"
#include "http/app/start_checks.hpp"
#include "http/commands/doctor/words.hpp"
#include "storage/sqlite/folder.hpp"

#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>

#include <algorithm>
#include <array>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace tinybook::http::doctor {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t least_free_bytes = 1ULL << 30U;
constexpr std::uint64_t least_free_percent = 5;
constexpr mode_t of_others = S_IRWXG | S_IRWXO;

constexpr std::array<std::pair<std::uint32_t, const char*>, 9> network_systems{
    {{0x6969, "NFS"},
     {0x517b, "SMB"},
     {0xff534d42, "CIFS"},
     {0xfe534d42, "SMB"},
     {0x01021997, "9P"},
     {0x00c36400, "Ceph"},
     {0x5346414f, "AFS"},
     {0x0bd00bd0, "Lustre"},
     {0x01161970, "GFS2"}}};
constexpr std::uint32_t tmpfs = 0x01021994;
constexpr std::uint32_t ramfs = 0x858458f6;

std::optional<file_facts> look_at(const fs::path& path) {
  struct stat about {};
  if (::lstat(path.c_str(), &about) != 0)
    return std::nullopt;
  file_facts out{.path = path, .link = S_ISLNK(about.st_mode)};
  out.dangling = out.link && ::stat(path.c_str(), &about) != 0;
  out.mode = about.st_mode & 07777U;
  out.owner = about.st_uid;
  return out;
}

/// Those that only their owner may read: the folder's own, and what the settings name.
std::vector<file_facts> private_files(const config::settings& s) {
  std::vector<file_facts> out;
  const auto add = [&out](const fs::path& file, bool ours, bool needed) {
    if (file.empty())
      return;
    if (auto found = look_at(fs::absolute(file))) {
      found->ours = ours;
      found->needed = needed;
      out.push_back(std::move(*found));
    }
  };
  for (const auto& own : own_files(s))
    add(own.file, true, own.key != "storage.path");
  add(s.keys.file, false, true);
  add(s.admin.token_file, false, true);
  for (const auto* named : {&s.postgres.password_file, &s.redis.password_file})
    add(*named, false, false);
  for (const auto& provider : s.sms.providers)
    if (provider.enabled)
      add(provider.secret_file, false, false);
  return out;
}

void look_at_disk(const fs::path& on, folder_facts& into) {
  struct statvfs space {};
  if (::statvfs(on.c_str(), &space) == 0) {
    into.free_bytes = std::uint64_t{space.f_bavail} * space.f_frsize;
    into.total_bytes = std::uint64_t{space.f_blocks} * space.f_frsize;
    into.free_inodes = space.f_favail;
    into.total_inodes = space.f_files;
  }
  struct statfs kind {};
  if (::statfs(on.c_str(), &kind) != 0)
    return;
  const auto type = static_cast<std::uint32_t>(kind.f_type);
  into.in_memory = type == tmpfs || type == ramfs;
  for (const auto& [number, name] : network_systems)
    if (number == type)
      into.network = name;
}

std::string octal(mode_t mode) {
  std::string out;
  for (unsigned shift = 9; shift > 0; shift -= 3)
    out += static_cast<char>('0' + ((mode >> (shift - 3)) & 7U));
  return out;
}

std::string user(uid_t id) {
  return "user " + std::to_string(id);
}

findings judge_folder_mode(const folder_facts& folder) {
  const auto& self = *folder.self;
  const auto path = folder.path.string();
  const auto found = path + ", mode " + octal(self.mode) + ", " + user(self.owner);
  const auto repair = "chmod 700 " + path;
  const auto other_user = "chown " + std::to_string(folder.looks) + ' ' + path
                          + ", or run the doctor as the user of the server.";
  if (folder.closed)
    return {
        error("files.folder", found + ": closed to " + user(folder.looks), other_user)};
  // A volume that a container was given; what is in it has modes of its own.
  if (self.owner == 0 && folder.looks != 0 && folder.writable
      && (self.mode & S_IWOTH) == 0)
    return {note("files.folder", found + ": mounted for " + user(folder.looks))};
  if ((self.mode & S_IWOTH) != 0)
    return {error("files.folder", found + ": others may replace its files", repair)};
  if (!folder.writable && folder.looks != 0 && self.owner != folder.looks)
    return {error("files.folder", found + ": cannot be written by " + user(folder.looks),
                  other_user)};
  if (!folder.writable)
    return {error("files.folder", found + ": cannot be written",
                  "Look at the mode, and whether the disk is mounted read-only.")};
  if (access_by(self.mode, self.owner, folder.looks) == folder_access::group)
    return {warning("files.folder", found + ": its group may replace its files", repair)};
  if ((self.mode & of_others) != 0)
    return {warning("files.folder", found + ": others may look into it", repair)};
  if (self.owner != folder.looks && folder.looks != 0)
    return {note("files.folder", found + ", but this is " + user(folder.looks),
                 "Run the doctor as the user of the server.")};
  return {fine("files.folder", found)};
}

findings judge_place(const folder_facts& folder) {
  const auto path = folder.path.string();
  if (folder.self && folder.self->dangling)
    return {error("files.folder", path + " is a link to nothing",
                  "Make what it leads to, or set storage.path.")};
  if (folder.self && !folder.folder)
    return {error("files.folder", path + " is not a folder", "Set storage.path.")};
  if (folder.self)
    return judge_folder_mode(folder);
  if (folder.writable)
    return {note("files.folder", path + " is not there: the first start makes it")};
  return {error("files.folder", path + " is not there, and cannot be made",
                "Make it for the user of the server alone (install -d -m 700 -o USER).")};
}

/// Who owns a folder serves from it; root hands one to others.
uid_t server_of(const folder_facts& folder) {
  return folder.self && folder.self->owner != 0 ? folder.self->owner : folder.looks;
}

findings judge_file(const file_facts& file, const folder_facts& folder) {
  const auto path = file.path.string();
  if (file.link && file.ours)
    return {error("files.private", path + " is a symbolic link, which no start follows",
                  "Put the file itself there, or name the other place in the "
                  "configuration.")};
  if (file.dangling)
    return {error("files.private", path + " is a link to nothing",
                  "Put the file there, or remove the link.")};
  findings out;
  const auto server = server_of(folder);
  if (is_open_to_others(file.mode, file.owner, server)) {
    out.push_back({file.needed ? level::error : level::warning, "files.private",
                   path + " is open to others (mode " + octal(file.mode) + ")",
                   "chmod 600 " + path});
  }
  if (file.owner != server && file.owner != 0)
    out.push_back(warning("files.private",
                          path + " belongs to " + user(file.owner)
                              + ", the data folder to " + user(server),
                          "chown it to the user of the server."));
  if (file.link)
    out.push_back(note("files.private", path + " is a symbolic link"));
  return out;
}

findings judge_private_files(const folder_facts& folder) {
  findings out;
  for (const auto& file : folder.files)
    for (auto& one : judge_file(file, folder))
      out.push_back(std::move(one));
  if (out.empty() && !folder.files.empty())
    out.push_back(fine("files.private", "open to their owner alone: "
                                            + std::to_string(folder.files.size())));
  return out;
}

bool is_scarce(std::uint64_t part, std::uint64_t whole) {
  return part < whole / 100 * least_free_percent;
}

findings judge_disk(const folder_facts& folder) {
  findings out;
  const auto free = rough_bytes(folder.free_bytes) + " free";
  if (folder.total_bytes == 0)
    out.push_back(note("files.disk", "the file system does not tell its size"));
  else if (folder.free_bytes < least_free_bytes
           || is_scarce(folder.free_bytes, folder.total_bytes))
    out.push_back(
        warning("files.disk", free,
                "Make room: a full disk refuses every write (503 storage_full)."));
  else
    out.push_back(fine("files.disk", free));
  if (folder.total_inodes != 0 && is_scarce(folder.free_inodes, folder.total_inodes))
    out.push_back(warning("files.inodes",
                          std::to_string(folder.free_inodes) + " of "
                              + std::to_string(folder.total_inodes) + " left",
                          "Remove small files: no file can be made when none is left."));
  return out;
}

findings judge_system(const folder_facts& folder, bool sqlite) {
  if (sqlite && !folder.network.empty())
    return {error("files.system", "the data folder is on " + folder.network,
                  "Move it to a disk of this machine: SQLite's write-ahead log does not "
                  "work over a network.")};
  if (sqlite && folder.in_memory)
    return {warning("files.system", "the data folder is in memory (tmpfs)",
                    "Move it to a disk: everything is gone after a restart of the "
                    "machine.")};
  return {};
}

} // namespace

folder_facts look_at_folder(const config::settings& s) {
  folder_facts out;
  std::error_code error;
  out.path = fs::absolute(s.storage.path).lexically_normal();
  if (!out.path.has_filename())
    out.path = out.path.parent_path();
  out.looks = ::geteuid();
  out.used = config::uses_data_folder(s);
  out.self = look_at(out.path);
  out.folder = fs::is_directory(out.path, error);
  auto there = out.path;
  while (!fs::exists(there, error) && there.has_relative_path())
    there = there.parent_path();
  if (const auto fit = check_own_files(s); !fit)
    out.unfit = fit.error().detail;
  out.closed = out.folder && ::eaccess(out.path.c_str(), R_OK | X_OK) != 0;
  out.writable = ::eaccess(there.c_str(), W_OK | X_OK) == 0;
  out.files = private_files(s);
  look_at_disk(there, out);
  out.holder = storage::sqlite::folder_holder(out.path);
  return out;
}

findings judge_folder(const folder_facts& folder, bool sqlite) {
  auto out = folder.used ? judge_place(folder) : findings{};
  if (!folder.unfit.empty())
    out.push_back(error("files.fit", folder.unfit, "Until then no server starts."));
  for (const auto& part :
       {judge_private_files(folder), judge_disk(folder), judge_system(folder, sqlite)})
    append(out, part);
  if (!folder.holder.empty())
    out.push_back(fine("files.lock", "a server runs over it (" + folder.holder + ")"));
  return out;
}

} // namespace tinybook::http::doctor
