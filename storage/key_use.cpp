#include "storage/key_use.hpp"

#include <algorithm>
#include <utility>

namespace tinybook::storage {

namespace {

constexpr auto select_waiting_keys = R"sql(
SELECT key_id FROM sms_messages WHERE state < 2
UNION SELECT code_key_id FROM sms_messages WHERE state < 2 AND code_key_id <> '')sql";

constexpr auto select_newest_key =
    "SELECT key_id FROM sms_messages ORDER BY id DESC LIMIT 1";

std::string read_key_id(row& r) {
  return r.text();
}

} // namespace

result<key_use> keys_in_use(statements& db) {
  auto waiting = db.all(select_waiting_keys, read_key_id);
  if (!waiting)
    return std::move(waiting.error());
  auto newest = db.one(select_newest_key, read_key_id);
  if (!newest)
    return std::move(newest.error());
  return key_use{std::move(*waiting), newest->value_or("")};
}

std::string missing_key(const key_use& used, const std::vector<std::string>& known) {
  const auto is_known = [&](const std::string& id) {
    return std::ranges::find(known, id) != known.end();
  };
  const auto lost = std::ranges::find_if_not(used.waiting, is_known);
  if (lost != used.waiting.end())
    return *lost;
  return is_known(used.newest) ? std::string{} : used.newest;
}

} // namespace tinybook::storage
