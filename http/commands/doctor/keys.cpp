#include "http/commands/doctor/keys.hpp"

#include "http/app/start_checks.hpp"
#include "storage/support/key_file.hpp"

#include <algorithm>
#include <system_error>

namespace tinybook::http::doctor {

key_facts look_at_keys(const config::settings& s) {
  key_facts out;
  const std::filesystem::path folder{s.storage.path};
  out.shared = !s.keys.file.empty();
  out.file = std::filesystem::absolute(out.shared ? std::filesystem::path{s.keys.file}
                                                  : folder / own_keys_file);
  std::error_code error;
  if (!out.shared) {
    if (auto kept = refuse_lost_keys(folder, false); !kept)
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
  const auto known = [&](const std::string& id) {
    return std::ranges::find(keys.ids, id) != keys.ids.end();
  };
  const auto lost = std::ranges::find_if_not(keys.used->waiting, known);
  const auto* unknown = lost != keys.used->waiting.end() ? &*lost
                        : keys.used->newest.empty() || known(keys.used->newest)
                            ? nullptr
                            : &keys.used->newest;
  if (unknown != nullptr)
    out.push_back(error("keys.use",
                        std::string{lost != keys.used->waiting.end() ? "messages wait"
                                                                     : "the last message"}
                            + (lost != keys.used->waiting.end() ? " that were" : " was")
                            + " made with key " + *unknown
                            + ", which this file does not have",
                        "Give every replica the same keys.file, that of this data."));
  else
    out.push_back(fine("keys.use", "the file has every key that messages need"));
  return out;
}

} // namespace tinybook::http::doctor
