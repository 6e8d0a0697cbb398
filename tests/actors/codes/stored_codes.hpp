#pragma once

#include "actors/codes/code_rules.hpp"
#include "tests/actors/support/memory_stores.hpp"

#include <algorithm>
#include <vector>

namespace tinybook::test {

/// The rows of the messages of codes, as codes are sent, replaced and withdrawn.
class stored_codes {
 public:
  explicit stored_codes(memory_stores& stores) : stores_(stores) {}

  void sent(const code_key& key, const new_code& code, wall_time expires_at) {
    add(key, 0, code, expires_at, code.asker);
  }

  void replaced(const code_key& key, const new_code& code, std::int64_t lost) {
    auto& rows = stores_.messages[key];
    for (const auto& row : std::vector{rows})
      if (row.code.code_id == lost)
        add(key, row.id, code, row.code.expires_at, row.code.asker);
  }

  /// A code is withdrawn only if its row was not committed, and replaced only if it
  /// was: the row of a replaced code stays.
  void withdrawn(const code_key& key, std::int64_t code) {
    auto& rows = stores_.messages[key];
    const auto at = std::ranges::find_if(
        rows, [&](const auto& row) { return row.code.code_id == code; });
    if (at != rows.end() && std::ranges::none_of(rows, [&](const auto& row) {
          return row.parent == at->id;
        }))
      rows.erase(at);
  }

 private:
  void add(const code_key& key, message_id parent, const new_code& code,
           wall_time expires_at, const std::string& asker) {
    stores_.messages[key].push_back({++last_,
                                     parent,
                                     {.code_id = code.code_id,
                                      .hash = code.hash,
                                      .key_id = code.key_id,
                                      .expires_at = expires_at,
                                      .asker = asker}});
  }

  memory_stores& stores_;
  message_id last_ = 0;
};

} // namespace tinybook::test
