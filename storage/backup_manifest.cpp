#include "storage/backup_manifest.hpp"

#include "storage/support/calendar.hpp"
#include "storage/support/crypto.hpp"
#include "storage/support/private_file.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <utility>

namespace tinybook::storage {

namespace {

constexpr int manifest_format = 1;

failure no_backup(const std::filesystem::path& file, const std::string& why) {
  return {errc::unavailable, file.string() + ' ' + why};
}

/// Others would be waited for (a pipe), or are no files at all.
result<done> check_regular(const std::filesystem::path& file,
                           const std::string& if_missing) {
  std::error_code error;
  const auto kind = std::filesystem::status(file, error).type();
  if (kind == std::filesystem::file_type::regular)
    return done{};
  if (kind == std::filesystem::file_type::not_found)
    return no_backup(file, if_missing);
  return no_backup(file, error ? "cannot be read: " + error.message()
                               : std::string{"is not a regular file"});
}

/// It is printed.
bool is_version(const std::string& text) {
  constexpr std::size_t max_bytes = 64;
  return text.size() <= max_bytes
         && std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f; });
}

result<backup_file> describe_file(const std::filesystem::path& folder,
                                  const std::string& name) {
  const auto file = folder / name;
  if (auto regular = check_regular(file, "is not there"); !regular)
    return regular.error();
  std::ifstream in(file, std::ios::binary);
  auto sum = sha256_hex(in);
  std::error_code error;
  const auto bytes = std::filesystem::file_size(file, error);
  if (!sum || error)
    return no_backup(file, "cannot be read");
  return backup_file{name, bytes, std::move(*sum)};
}

} // namespace

bool backup_manifest::has(std::string_view name) const {
  return std::ranges::find(files, name, &backup_file::name) != files.end();
}

result<std::vector<backup_file>> describe_files(const std::filesystem::path& folder,
                                                const std::vector<std::string>& names) {
  std::vector<backup_file> out;
  for (const auto& name : names) {
    if (!sync_path(folder / name))
      return no_backup(folder / name, "cannot be brought to the disk");
    auto described = describe_file(folder, name);
    if (!described)
      return described.error();
    out.push_back(std::move(*described));
  }
  return out;
}

result<done> sync_folder(const std::filesystem::path& folder) {
  if (!sync_path(folder))
    return no_backup(folder, "cannot be brought to the disk");
  return done{};
}

result<done> write_manifest(const std::filesystem::path& folder,
                            const backup_manifest& manifest) {
  auto files = nlohmann::ordered_json::array();
  for (const auto& file : manifest.files)
    files.push_back(
        {{"name", file.name}, {"bytes", file.bytes}, {"sha256", file.sha256}});
  const nlohmann::ordered_json document{{"format", manifest_format},
                                        {"madeBy", manifest.made_by},
                                        {"schema", manifest.schema},
                                        {"takenAt", format_rfc3339(manifest.taken_at)},
                                        {"files", files}};
  return as_done(write_private_file(folder / manifest_file, document.dump(2) + "\n"));
}

result<backup_manifest> read_manifest(const std::filesystem::path& folder) {
  const auto file = folder / manifest_file;
  if (auto regular = check_regular(
          file, "is not there: `tinybook backup` did not make this folder, or was "
                "interrupted");
      !regular)
    return regular.error();
  std::ifstream in(file);
  if (!in)
    return no_backup(file, "cannot be read");
  try {
    const auto document = nlohmann::json::parse(in);
    backup_manifest out;
    out.made_by = document.at("madeBy").get<std::string>();
    if (!is_version(out.made_by))
      return no_backup(file, "is damaged");
    if (document.at("format").get<int>() > manifest_format)
      return no_backup(file, "was made by a newer tinybook (" + out.made_by
                                 + "): restore it with that");
    out.schema = document.at("schema").get<std::int64_t>();
    out.taken_at =
        parse_rfc3339(document.at("takenAt").get<std::string>()).value_or(wall_time{});
    for (const auto& one : document.at("files")) {
      auto name = one.at("name").get<std::string>();
      if (name.find('/') != std::string::npos)
        return no_backup(file, "names a file of another folder");
      out.files.push_back({std::move(name), one.at("bytes").get<std::uint64_t>(),
                           one.at("sha256").get<std::string>()});
    }
    return out;
  } catch (const std::exception&) { // The disk may fail, too.
    return no_backup(file, "is damaged");
  }
}

result<done> check_files(const std::filesystem::path& folder,
                         const backup_manifest& manifest) {
  for (const auto& expected : manifest.files) {
    auto found = describe_file(folder, expected.name);
    if (!found)
      return found.error();
    if (found->bytes != expected.bytes || found->sha256 != expected.sha256)
      return no_backup(folder / expected.name,
                       "is not what was backed up: its checksum differs");
  }
  return done{};
}

} // namespace tinybook::storage
