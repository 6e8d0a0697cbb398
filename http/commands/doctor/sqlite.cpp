#include "http/commands/doctor/back_ends.hpp"

#include <string>

namespace tinybook::http::doctor {

findings judge_version(const std::string& what, const storage::schema_version& version,
                       std::int64_t known) {
  const auto told = "schema " + std::to_string(version.present);
  if (version.too_new_for(known))
    return {error(what,
                  told + ": made by a newer tinybook" + too_new_text(version, known),
                  "Run the newer version, or restore a backup.")};
  if (version.present > known)
    return {note(what, told + " of a newer tinybook, with which this one works")};
  if (version.present == 0)
    return {note(what, "no tables yet: the first start makes them")};
  if (version.present < known)
    return {note(what, told + ", the next start brings it to " + std::to_string(known),
                 "Take a backup before.")};
  return {fine(what, told)};
}

findings
judge_database(const result<std::optional<storage::sqlite::database_facts>>& looked) {
  if (!looked)
    return {looked.error().detail.find("next start") != std::string::npos
                ? note("files.database", looked.error().detail)
                : error("files.database", looked.error().detail,
                        "Restore a backup, or set storage.path to another folder.")};
  if (!*looked)
    return {note("files.database", "there is none yet: the first start makes it")};
  const auto& facts = **looked;
  if (facts.misfit)
    return {error("files.database", facts.misfit->detail,
                  "Restore a backup, or undo the change.")};
  return judge_version("files.database", facts.schema, facts.known);
}

} // namespace tinybook::http::doctor
