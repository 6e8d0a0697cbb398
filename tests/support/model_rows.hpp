#pragma once

#include "storage/sms_archive.hpp"
#include "storage/sms_outbox.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <vector>

/// What the model of the outbox does to single rows.
namespace tinybook::test::model {

inline bool same_key(const storage::sms_message& a, const storage::sms_message& b) {
  return a.phone == b.phone && a.purpose == b.purpose;
}

/// The columns that a new row takes over from the submitted one.
inline storage::sms_message fresh(message_id id, storage::sms_message row) {
  row.id = id;
  row.state = storage::message_state::ready;
  row.attempt = 0;
  row.lease_token = 0;
  row.lease_until = row.finalized_at = {};
  row.provider.clear();
  row.provider_message_id.clear();
  row.receipt.clear();
  return row;
}

inline void end(storage::sms_message& row, storage::message_state how, wall_time now) {
  row.state = how;
  row.lease_until = {};
  row.finalized_at = now;
  if (how != storage::message_state::dead || row.expires_at <= now)
    row.sealed_parameters.clear();
}

inline std::int64_t& count_of(storage::outbox_depth& depth, storage::message_state s) {
  switch (s) {
  case storage::message_state::ready:
    return depth.ready;
  case storage::message_state::leased:
    return depth.leased;
  case storage::message_state::delivered:
    return depth.delivered;
  case storage::message_state::expired:
    return depth.expired;
  case storage::message_state::dead:
    return depth.dead;
  }
  return depth.dead;
}

inline wall_time earlier(wall_time so_far, wall_time next) {
  return so_far == wall_time{} ? next : std::min(so_far, next);
}

inline bool is_same(const storage::receipt& a, const storage::receipt& b) {
  return std::tie(a.provider, a.provider_message_id, a.delivered, a.provider_code, a.text)
         == std::tie(b.provider, b.provider_message_id, b.delivered, b.provider_code,
                     b.text);
}

/// Marks the rows whose codes `use` names as used; false where there are none.
inline bool use(std::map<message_id, storage::sms_message>& rows,
                std::set<message_id>& used, const storage::code_use& use) {
  std::vector<storage::sms_message*> taken;
  bool found = false;
  for (auto& [id, row] : rows)
    if (code_key{row.phone, row.purpose} == use.key && row.expires_at > use.at
        && !used.contains(id)) {
      taken.push_back(&row);
      found = found || std::ranges::count(use.codes, row.code) > 0;
    }
  if (!found)
    return false;
  for (auto* row : taken) {
    used.insert(row->id);
    row->code_hash.clear();
  }
  return true;
}

} // namespace tinybook::test::model
