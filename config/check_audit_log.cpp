#include "config/draft.hpp"
#include "config/key_check.hpp"
#include "config/local_parts.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <string>
#include <string_view>

namespace tinybook::config {

namespace {

namespace fs = std::filesystem;

/// What stands in a data folder and is ours: names, or what they begin with.
constexpr auto own_files =
    std::to_array<std::string_view>({"tinybook.db", "tinybook.lock", "keys.json",
                                     "admin.token", "restoring", "moved-to-postgresql"});

fs::path in_one_form(const std::string& file) {
  std::error_code error;
  auto form = fs::weakly_canonical(fs::absolute(file, error), error);
  return error ? fs::path{file}.lexically_normal() : form;
}

/// Also by another name of it: a hard link.
bool is_same_file(const std::string& one, const std::string& other) {
  std::error_code error;
  return !other.empty()
         && (in_one_form(one) == in_one_form(other) || fs::equivalent(one, other, error));
}

std::string in_small_letters(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return text;
}

/// A descriptor by a name that is none of a file.
bool means_a_stream(const std::string& to) {
  const auto small = in_small_letters(to);
  const auto path = fs::path{to}.lexically_normal().string();
  return small == "stdout" || small == "stderr" || small == "stdin" || to == "-"
         || path.starts_with("/dev/std") || path.starts_with("/dev/fd/")
         || path.starts_with("/proc/");
}

bool is_own_name(const fs::path& name) {
  return std::ranges::any_of(own_files, [text = name.string()](std::string_view own) {
    return text.starts_with(own);
  });
}

/// By its name there, or by another one anywhere: a hard link.
bool is_own_file(const std::string& to, const std::string& folder) {
  const auto path = in_one_form(to);
  if (is_same_file(path.parent_path().string(), folder) && is_own_name(path.filename()))
    return true;
  std::error_code error;
  for (fs::directory_iterator entry{folder, error}, end; !error && entry != end;
       entry.increment(error)) {
    std::error_code none;
    if (is_own_name(entry->path().filename()) && fs::equivalent(to, entry->path(), none))
      return true;
  }
  return false;
}

/// The key that names the file `to`; or the file of the configuration, which it is
/// itself. Empty = none.
std::string other_use_of(draft& of, const std::string& to) {
  const auto& v = of.values();
  if (is_same_file(to, of.config_file()))
    return "--config";
  for (const auto& s : sections())
    for (const auto& k : s.keys) {
      const auto given = k.read(v, 0);
      const auto* text = std::get_if<std::string>(&given);
      if (text != nullptr && (k.name.ends_with("_file") || k.name == "keys.file")
          && is_same_file(to, *text))
        return std::string{k.name};
    }
  for (std::size_t row = 0; row < v.sms.providers.size(); ++row)
    if (is_same_file(to, v.sms.providers[row].secret_file))
      return provider_tables().name_of(row, "secret_file");
  return {};
}

} // namespace

void check_audit_log(draft& of) {
  const auto& to = of.values().audit.log;
  const auto refuse = [&](const std::string& why) {
    of.fail_together({"audit.log"}, "audit.log: " + quote(to) + " " + why);
  };
  if (to.empty() || to == "stderr")
    return;
  if (means_a_stream(to))
    return refuse("names no file: use \"stderr\", or the path of a file");
  if (is_own_file(to, of.values().storage.path))
    return refuse(
        "is a file that the server keeps in storage.path: give the trail one of "
        "its own");
  if (const auto key = other_use_of(of, to); !key.empty())
    refuse("is the file of " + key + ": give the trail one of its own");
}

} // namespace tinybook::config
