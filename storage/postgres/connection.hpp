#pragma once

#include "storage/connection.hpp"
#include "storage/postgres/article_store.hpp"
#include "storage/postgres/code_store.hpp"
#include "storage/postgres/event_store.hpp"
#include "storage/postgres/handle.hpp"
#include "storage/postgres/phone_store.hpp"
#include "storage/postgres/provider_states.hpp"
#include "storage/postgres/session_store.hpp"
#include "storage/postgres/sms_archive.hpp"
#include "storage/postgres/sms_outbox.hpp"
#include "storage/postgres/user_store.hpp"

#include <memory>

namespace tinybook::storage::postgres {

/// The stores over one handle.
class postgres_connection final : public connection {
 public:
  explicit postgres_connection(std::unique_ptr<handle> db);

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
  [[nodiscard]] const char* missing() const override {
    return db_->is_away() ? "postgres" : nullptr;
  }

 private:
  std::unique_ptr<handle> db_;
  postgres_user_store users_;
  postgres_session_store sessions_;
  postgres_article_store articles_;
  postgres_event_store events_;
  postgres_sms_outbox outbox_;
  postgres_code_store codes_;
  postgres_sms_archive archive_;
  postgres_provider_states provider_states_;
  postgres_phone_store phones_;
};

} // namespace tinybook::storage::postgres
