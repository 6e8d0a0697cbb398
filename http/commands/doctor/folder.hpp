#pragma once

#include "config/settings.hpp"
#include "http/commands/doctor/finding.hpp"

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace tinybook::http::doctor {

/// A file or a folder that is there.
struct file_facts {
  std::filesystem::path path;
  mode_t mode = 0; ///< Of what a link leads to.
  uid_t owner = 0;
  bool link = false;
  bool dangling = false; ///< A link to nothing.
  bool ours = false;     ///< Of the server's own in its folder, where none is followed.
  bool needed = false;   ///< No start while it is open to others.
};

/// The data folder and the disk below it.
struct folder_facts {
  std::filesystem::path path;     ///< Absolute.
  std::optional<file_facts> self; ///< Nothing = it is not there.
  bool used = true;               ///< Something is kept in it.
  bool folder = false;
  bool writable = false; ///< By who looks: itself, or the folder in which it can be made.
  uid_t looks = 0;       ///< Who looks.
  bool closed = false;   ///< To who looks: what is in it is not known.
  std::string unfit;     ///< Why no server begins with it (`check_own_files`), or empty.
  std::vector<file_facts>
      files; ///< What is in it, and files elsewhere that hold secrets.
  std::uint64_t free_bytes = 0;
  std::uint64_t total_bytes = 0;
  std::uint64_t free_inodes = 0;
  std::uint64_t total_inodes = 0; ///< 0 = the file system has no bound.
  std::string network;            ///< The kind of a network's file system; else empty.
  bool in_memory = false;         ///< The file system is gone with the machine's power.
  std::string holder;             ///< The server that runs over it; empty = none.
};

[[nodiscard]] folder_facts look_at_folder(const config::settings& s);
/// `sqlite`: whether the database is in it.
[[nodiscard]] findings judge_folder(const folder_facts& folder, bool sqlite);

} // namespace tinybook::http::doctor
