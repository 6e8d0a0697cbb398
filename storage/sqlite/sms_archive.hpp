#pragma once

#include "storage/sms_archive.hpp"
#include "storage/sqlite/handle.hpp"

namespace tinybook::storage::sqlite {

/// The operator's view of the outbox and the providers' reports in SQLite.
class sqlite_sms_archive final : public sms_archive {
 public:
  explicit sqlite_sms_archive(handle& db) : db_(db) {}

  result<history_page> run(const list_messages& command) override;
  result<submitted_message> run(const redrive_message& command) override;
  result<done> run(const discard_message& command) override;
  result<receipt_noted> run(const record_receipt& command) override;
  result<joined_receipts> run(const join_early_receipts& command) override;

 private:
  handle& db_;
};

} // namespace tinybook::storage::sqlite
