#include "storage/own_data.hpp"

#include "storage/handle.hpp"

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

constexpr auto select_messages_to = R"sql(
SELECT id, purpose, state, created_at, finalized_at, client_address FROM sms_messages
WHERE phone = (SELECT phone FROM users WHERE users.id = $1) AND id > $2
ORDER BY id LIMIT $3)sql";

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

result<std::vector<own_message>> run(handle& db, const list_own_messages& command) {
  return db.all(
      select_messages_to,
      [](row& r) {
        own_message out;
        out.id = r.number();
        out.purpose = r.text();
        out.state = r.number<message_state>();
        out.created_at = r.time();
        out.finalized_at = r.time();
        out.client_address = r.text();
        return out;
      },
      command.user, command.after, command.limit);
}

} // namespace tinybook::storage
