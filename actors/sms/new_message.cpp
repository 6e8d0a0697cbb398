#include "actors/sms/new_message.hpp"

#include "actors/sms/delivery_progress.hpp"

#include <utility>

namespace tinybook {

namespace {

void begin_life(storage::sms_message& row, random_source& random, wall_time now) {
  row.idempotency_key = random_id(random);
  row.client_ref = random_id(random);
  row.created_at = row.run_at = now;
}

} // namespace

storage::submit_message submission_of(new_message message, const keyring& keys,
                                      random_source& random, wall_time now) {
  auto& row = message.row;
  begin_life(row, random, now);
  if (!message.tried_provider.empty()) {
    delivery_progress progress;
    progress.tried.push_back(std::move(message.tried_provider));
    row.progress = encode_progress(progress);
  }
  seal_content(row, message.content, keys, random);
  return {std::move(row), std::move(message.code_state_to_store)};
}

storage::redrive_message redrive_of(const storage::sms_message& old,
                                    const operator_action& action, const keyring& keys,
                                    random_source& random, wall_time now) {
  storage::redrive_message out{old.id, old, action.by, now, action.reason};
  auto& row = out.replacement;
  row.id = 0;
  row.parent = old.id;
  begin_life(row, random, now);
  row.state = storage::message_state::ready;
  row.attempt = 0;
  row.progress.clear();
  row.lease_token = 0;
  row.provider.clear();
  row.provider_message_id.clear();
  row.receipt.clear();
  row.finalized_at = {};
  // The store tells why not where they are gone: its word comes first.
  if (auto content = open_content(old, keys))
    seal_content(row, *content, keys, random);
  else
    row.sealed_parameters.clear();
  return out;
}

} // namespace tinybook
