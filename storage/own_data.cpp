#include "storage/own_data.hpp"

#include "storage/handle.hpp"
#include "storage/shared_steps.hpp"

#include <utility>

namespace tinybook::storage {

namespace {

constexpr auto select_next_id =
    "SELECT id FROM articles WHERE author_id = $1 AND id > $2 ORDER BY id LIMIT 1";

constexpr auto select_public_copy = R"sql(
SELECT title, content, false FROM published_articles WHERE id = $1
UNION ALL SELECT title, content, true FROM hidden_articles WHERE id = $1)sql";

constexpr auto select_likes = R"sql(
SELECT article_id, day FROM likes WHERE user_id = $1 AND article_id > $2
ORDER BY article_id LIMIT $3)sql";

constexpr auto select_collected_by = R"sql(
SELECT article_id, collection, created_at FROM collections
WHERE user_id = $1 AND article_id > $2 ORDER BY article_id LIMIT $3)sql";

constexpr auto select_sessions_of = R"sql(
SELECT id, device, network, created_at, rotated_at, proved_at, revoked_at, expires_at
FROM session_families WHERE user_id = $1 AND id > $2 ORDER BY id LIMIT $3)sql";

constexpr auto select_messages_to = joined_sql<R"sql(
SELECT m.id, m.phone, m.purpose, m.state, m.created_at, m.finalized_at, m.verified_at,
  m.client_address, m.provider,
  (SELECT count(*) FROM sms_attempts a WHERE a.message_id = m.id),
  (SELECT count(*) FROM sms_receipts r WHERE r.message_id = m.id)
FROM sms_messages m WHERE m.id IN (
  SELECT id FROM sms_messages
  WHERE phone = (SELECT phone FROM users WHERE users.id = $1) AND id > $2 AND )sql",
                                               of_present_owner, R"sql(
  UNION SELECT id FROM sms_messages
  WHERE account_id = $1 AND account_id > 0 AND id > $2)
ORDER BY m.id LIMIT $3)sql">;

// The numbers are those of `own_trace::kind`. A phone may have been somebody else's.
constexpr auto select_traces_of = R"sql(
SELECT 1, '', 0, last_at FROM verified_phones
WHERE phone = (SELECT phone FROM users WHERE users.id = $1)
UNION ALL SELECT 2, purpose, last_sent, matters_until FROM code_states
WHERE phone = (SELECT phone FROM users WHERE users.id = $1)
UNION ALL SELECT 3, provider, received_at, 0 FROM sms_early_receipts
WHERE (SELECT phone FROM users WHERE users.id = $1) IN (phone, domestic_phone)
UNION ALL SELECT 4, article_id::text, created_at, 0 FROM kept_answers WHERE user_id = $1
ORDER BY 1, 3, 2 LIMIT 10000)sql";

struct public_copy {
  std::string title;
  std::string content;
  bool hidden = false;
};

} // namespace

result<std::vector<own_article>> run(handle& db, const next_own_article& command) {
  return db.read_together([&]() -> result<std::vector<own_article>> {
    auto id = db.one(select_next_id, read_number, command.user, command.after);
    if (!id)
      return id.error();
    if (!*id)
      return std::vector<own_article>{};
    auto own = run(db, find_own_article{**id, command.user});
    if (!own)
      return own.error();
    auto copy = db.one(
        select_public_copy,
        [](row& r) {
          public_copy out;
          out.title = r.text();
          out.content = r.text();
          out.hidden = r.flag();
          return out;
        },
        **id);
    if (!copy)
      return copy.error();
    own_article out{.own = std::move(*own)};
    if (auto& shown = *copy) {
      out.public_title = std::move(shown->title);
      out.public_content = std::move(shown->content);
      out.hidden = shown->hidden;
    }
    std::vector<own_article> one;
    one.push_back(std::move(out));
    return one;
  });
}

result<std::vector<own_like>> run(handle& db, const list_own_likes& command) {
  return db.all(
      select_likes,
      [](row& r) {
        own_like out;
        out.article = r.number();
        out.day = r.number<std::int32_t>();
        return out;
      },
      command.user, command.after, command.limit);
}

result<std::vector<own_collected>> run(handle& db, const list_own_collected& command) {
  return db.all(
      select_collected_by,
      [](row& r) {
        own_collected out;
        out.article = r.number();
        out.collection = r.number();
        out.at = r.time();
        return out;
      },
      command.user, command.after, command.limit);
}

result<std::vector<own_session>> run(handle& db, const list_own_sessions& command) {
  return db.all(
      select_sessions_of,
      [](row& r) {
        own_session out;
        out.id = r.text();
        out.device = r.text();
        out.network = r.text();
        out.created_at = r.time();
        out.used_at = r.time();
        out.proved_at = r.time();
        out.ended_at = r.time();
        out.expires_at = r.time();
        return out;
      },
      command.user, command.after, command.limit);
}

result<std::vector<own_message>> run(handle& db, const list_own_messages& command) {
  return db.all(
      select_messages_to,
      [](row& r) {
        own_message out;
        out.id = r.number();
        out.phone = r.text();
        out.purpose = r.text();
        out.state = r.number<message_state>();
        out.created_at = r.time();
        out.finalized_at = r.time();
        out.entered_at = r.time();
        out.client_address = r.text();
        out.provider = r.text();
        out.tries = r.number();
        out.reports = r.number();
        return out;
      },
      command.user, command.after, command.limit);
}

result<std::vector<own_trace>> run(handle& db, const list_own_traces& command) {
  return db.all(
      select_traces_of,
      [](row& r) {
        own_trace out;
        out.what = r.number<own_trace::kind>();
        out.about = r.text();
        out.since = r.time();
        out.until = r.time();
        return out;
      },
      command.user);
}

} // namespace tinybook::storage
