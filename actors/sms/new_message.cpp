#include "actors/sms/new_message.hpp"

#include "actors/sms/delivery_progress.hpp"
#include "actors/sms/sealed_parameters.hpp"

#include <utility>

namespace tinybook {

storage::submit_message submission_of(new_message message, const keyring& keys,
                                      random_source& random, wall_time now) {
  storage::submit_message out;
  auto& row = out.message;
  row.idempotency_key = random_id(random);
  row.client_ref = random_id(random);
  row.phone = std::move(message.key.phone);
  row.purpose = std::move(message.key.purpose);
  row.country_prefix = std::move(message.country_prefix);
  row.region = std::move(message.region);
  row.client_address = std::move(message.client_address);
  row.template_name = std::move(message.template_name);
  row.code = message.code;
  row.code_hash = std::move(message.code_hash);
  row.code_key_id = std::move(message.code_key_id);
  row.code_asker = std::move(message.code_asker);
  row.created_at = now;
  row.run_at = now;
  row.expires_at = message.expires_at;
  row.parent = message.parent;
  if (!message.tried_provider.empty()) {
    delivery_progress progress;
    progress.tried.push_back(std::move(message.tried_provider));
    row.progress = encode_progress(progress);
  }
  seal_content(row, {std::move(message.parameters), message.lang}, keys, random);
  out.code = std::move(message.code_state_to_store);
  return out;
}

storage::redrive_message redrive_of(const storage::sms_message& old, std::string by,
                                    const keyring& keys, random_source& random,
                                    wall_time now) {
  storage::redrive_message out{old.id, old, std::move(by), now};
  auto& row = out.replacement;
  row.id = 0;
  row.parent = old.id;
  row.idempotency_key = random_id(random);
  row.client_ref = random_id(random);
  row.state = storage::message_state::ready;
  row.attempt = 0;
  row.progress.clear();
  row.lease_token = 0;
  row.provider.clear();
  row.provider_message_id.clear();
  row.receipt.clear();
  row.finalized_at = {};
  row.created_at = row.run_at = now;
  // The store tells why not where they are gone: its word comes first.
  if (auto content = open_content(old, keys))
    seal_content(row, *content, keys, random);
  else
    row.sealed_parameters.clear();
  return out;
}

} // namespace tinybook
