#include "storage/sqlite/sms_outbox.hpp"

namespace tinybook::storage::sqlite {

result<submitted_message> sqlite_sms_outbox::run(const submit_message&) {
  static_cast<void>(db_);
  return errc::internal;
}

result<message_list> sqlite_sms_outbox::run(const claim_messages&) {
  static_cast<void>(db_);
  return errc::internal;
}

result<lease_kept> sqlite_sms_outbox::run(const extend_lease&) {
  static_cast<void>(db_);
  return errc::internal;
}

result<lease_kept> sqlite_sms_outbox::run(const finish_message&) {
  static_cast<void>(db_);
  return errc::internal;
}

result<lease_kept> sqlite_sms_outbox::run(const reschedule_message&) {
  static_cast<void>(db_);
  return errc::internal;
}

result<lease_kept> sqlite_sms_outbox::run(const record_attempt&) {
  static_cast<void>(db_);
  return errc::internal;
}

result<changed_count> sqlite_sms_outbox::run(const reclaim_leases&) {
  static_cast<void>(db_);
  return errc::internal;
}

result<changed_count> sqlite_sms_outbox::run(const expire_messages&) {
  static_cast<void>(db_);
  return errc::internal;
}

result<outbox_depth> sqlite_sms_outbox::run(const count_messages&) {
  static_cast<void>(db_);
  return errc::internal;
}

result<message_history> sqlite_sms_outbox::run(const find_message&) {
  static_cast<void>(db_);
  return errc::internal;
}

result<changed_count> sqlite_sms_outbox::run(const remove_history&) {
  static_cast<void>(db_);
  return errc::internal;
}

} // namespace tinybook::storage::sqlite
