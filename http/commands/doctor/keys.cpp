#include "http/commands/doctor/keys.hpp"

#include "config/local_parts.hpp"
#include "http/app/start_checks.hpp"
#include "storage/support/key_file.hpp"

#include <algorithm>
#include <system_error>

namespace tinybook::http::doctor {

key_facts look_at_keys(const config::settings& s) {
  key_facts out;
  out.shared = !s.keys.file.empty();
  out.file = std::filesystem::absolute(config::key_file_of(s));
  std::error_code error;
  if (!out.shared) {
    if (auto kept = refuse_lost_keys(s.storage.path, false); !kept)
      out.trouble = kept.error().detail;
    else if (!std::filesystem::exists(out.file, error))
      return out;
  }
  if (!out.trouble.empty())
    return out;
  if (auto keys = load_keyring(out.file))
    out.ids = keys->ids();
  else
    out.trouble = keys.error().detail;
  return out;
}

findings judge_keys(const key_facts& keys) {
  if (!keys.trouble.empty())
    return {error("keys.file", keys.trouble,
                  "Put back the file with which this data was made; only new data gets "
                  "new keys.")};
  if (keys.ids.empty())
    return {note("keys.file",
                 keys.file.string() + " is not there: the first start makes it")};
  findings out{fine("keys.file", keys.file.string() + ", "
                                     + std::to_string(keys.ids.size())
                                     + (keys.ids.size() == 1 ? " key" : " keys"))};
  if (!keys.used)
    return out;
  const auto missing = storage::missing_key(*keys.used, keys.ids);
  if (missing.empty()) {
    out.push_back(fine("keys.use", "the file has every key that messages need"));
    return out;
  }
  const auto& waiting = keys.used->waiting;
  const bool waits = std::ranges::find(waiting, missing) != waiting.end();
  out.push_back(
      error("keys.use",
            std::string{waits ? "messages wait that were" : "the last message was"}
                + " made with key " + missing + ", which this file does not have",
            "Give every replica the same keys.file, that of this data."));
  return out;
}

} // namespace tinybook::http::doctor
