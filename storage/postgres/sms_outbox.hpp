#pragma once

#include "storage/postgres/handle.hpp"
#include "storage/sms_outbox.hpp"

namespace tinybook::storage::postgres {

/// The outbox of messages in PostgreSQL: claims of several replicas pass over each
/// other's rows. Each step of a message's way is one statement.
class postgres_sms_outbox final : public sms_outbox {
 public:
  explicit postgres_sms_outbox(handle& db) : db_(db) {}

  result<submitted_message> run(const submit_message& command) override;
  result<message_list> run(const claim_messages& command) override;
  result<lease_kept> run(const extend_lease& command) override;
  result<lease_kept> run(const finish_message& command) override;
  result<lease_kept> run(const reschedule_message& command) override;
  result<lease_kept> run(const record_attempt& command) override;
  result<changed_count> run(const reclaim_leases& command) override;
  result<changed_count> run(const expire_messages& command) override;
  result<outbox_depth> run(const count_messages& command) override;
  result<message_history> run(const find_message& command) override;
  result<changed_count> run(const remove_history& command) override;

 private:
  handle& db_;
};

} // namespace tinybook::storage::postgres
