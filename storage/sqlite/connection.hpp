#pragma once

#include "storage/connection.hpp"
#include "storage/sqlite/article_store.hpp"
#include "storage/sqlite/code_store.hpp"
#include "storage/sqlite/event_store.hpp"
#include "storage/sqlite/handle.hpp"
#include "storage/sqlite/phone_store.hpp"
#include "storage/sqlite/provider_states.hpp"
#include "storage/sqlite/session_store.hpp"
#include "storage/sqlite/sms_archive.hpp"
#include "storage/sqlite/sms_outbox.hpp"
#include "storage/sqlite/user_store.hpp"

#include <memory>

namespace tinybook::storage::sqlite {

/// The stores over one handle.
class sqlite_connection final : public connection {
 public:
  explicit sqlite_connection(std::unique_ptr<handle> db);

  user_store& users() override { return users_; }
  session_store& sessions() override { return sessions_; }
  article_store& articles() override { return articles_; }
  event_store& events() override { return events_; }
  sms_outbox& outbox() override { return outbox_; }
  code_store& codes() override { return codes_; }
  sms_archive& archive() override { return archive_; }
  provider_state_store& provider_states() override { return provider_states_; }
  phone_store& phones() override { return phones_; }
  result<done> write_batch(std::span<const write> writes) override;
  result<done> ping() override;

 private:
  result<done> run_one(const write& one);

  std::unique_ptr<handle> db_;
  sqlite_user_store users_;
  sqlite_session_store sessions_;
  sqlite_article_store articles_;
  sqlite_event_store events_;
  sqlite_sms_outbox outbox_;
  sqlite_code_store codes_;
  sqlite_sms_archive archive_;
  sqlite_provider_states provider_states_;
  sqlite_phone_store phones_;
};

} // namespace tinybook::storage::sqlite
