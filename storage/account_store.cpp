#include "storage/account_store.hpp"

#include "storage/article_store.hpp"
#include "storage/dialect.hpp"
#include "storage/handle.hpp"
#include "storage/joined_sql.hpp"
#include "storage/shared_steps.hpp"

#include <utility>

namespace tinybook::storage {

namespace {

// Waits for log-ins and publications under way, which hold FOR KEY SHARE, and they for
// it.
constexpr auto lock_state = R"sql(
SELECT banned_at, leaves_at, erasing, phone FROM users WHERE id = $1 FOR UPDATE)sql";

constexpr auto set_banned = "UPDATE users SET banned_at = $1 WHERE id = $2";
constexpr auto set_leaving = "UPDATE users SET leaves_at = $1 WHERE id = $2";

struct entry_state {
  bool banned = false;
  wall_time leaves_at{};
  bool erasing = false;
  std::string phone;
};

entry_state read_entry_state(row& r) {
  entry_state out;
  out.banned = r.number() != 0;
  out.leaves_at = r.time();
  out.erasing = r.flag();
  out.phone = r.text();
  return out;
}

/// The account, which is not being erased; locked until the transaction ends.
result<entry_state> lock_account_state(handle& db, user_id user) {
  auto found = db.one(lock_state, read_entry_state, user);
  if (!found)
    return found.error();
  if (!*found || (*found)->erasing)
    return errc::user_not_found;
  return std::move(**found);
}

// What is hidden or shown: all of an author, or one article.
constexpr sql_part of_author = "author_id = $1";
constexpr sql_part of_article = "id = $1";

template <sql_part which>
constexpr auto lock_shown = joined_sql<R"sql(
SELECT article_id FROM article_stats
WHERE article_id IN (SELECT id FROM published_articles WHERE )sql",
                                       which, ") ORDER BY article_id FOR UPDATE">;

template <sql_part which>
constexpr auto lock_hidden = joined_sql<R"sql(
SELECT article_id FROM article_stats
WHERE article_id IN (SELECT id FROM hidden_articles WHERE )sql",
                                        which, ") ORDER BY article_id FOR UPDATE">;

template <sql_part which>
constexpr auto put_aside = joined_sql<R"sql(
INSERT INTO hidden_articles (id, author_id, title, abstract, created_at, updated_at,
  content)
SELECT id, author_id, title, abstract, created_at, updated_at, content
FROM published_articles WHERE )sql",
                                      which>;

template <sql_part which>
constexpr auto mark_hidden = joined_sql<R"sql(
UPDATE article_stats SET ver = ver + 1, published = false
WHERE article_id IN (SELECT id FROM published_articles WHERE )sql",
                                        which, ")">;

template <sql_part which>
constexpr auto delete_shown = joined_sql<"DELETE FROM published_articles WHERE ", which>;

// Only what nothing hides any more.
template <sql_part which>
constexpr auto take_back = joined_sql<R"sql(
INSERT INTO published_articles (id, author_id, title, abstract, created_at, updated_at,
  content)
SELECT id, author_id, title, abstract, created_at, updated_at, content
FROM hidden_articles
WHERE NOT EXISTS (
    SELECT 1 FROM taken_down_articles t WHERE t.article_id = hidden_articles.id)
  AND EXISTS (SELECT 1 FROM users u WHERE u.id = hidden_articles.author_id
    AND u.banned_at = 0 AND u.leaves_at = 0)
  AND )sql",
                                      which>;

template <sql_part which>
constexpr auto mark_shown = joined_sql<R"sql(
UPDATE article_stats SET ver = ver + 1, published = true, author_name = (
    SELECT nickname FROM users u WHERE u.id = article_stats.author_id)
WHERE article_id IN (SELECT id FROM published_articles WHERE )sql",
                                       which, ")">;

template <sql_part which>
constexpr auto delete_hidden = joined_sql<R"sql(
DELETE FROM hidden_articles WHERE id IN (SELECT id FROM published_articles) AND )sql",
                                          which>;

result<done> write_events_of(handle& db, std::int64_t author, wall_time now) {
  return as_done(db.exec(db.dialect().insert_events_of_author, now, author));
}

result<done> write_event_of_article(handle& db, article_id id, wall_time now) {
  return write_event(db, id, 0, now);
}

/// Tells the boards what was hidden or shown.
template <sql_part which>
constexpr auto write_hidden_events = write_event_of_article;
template <>
constexpr auto write_hidden_events<of_author> = write_events_of;

/// Takes away from readers and boards. `whose` is the author's id, or the article's.
template <sql_part which>
result<done> hide(handle& db, std::int64_t whose, wall_time now) {
  if (auto locked = db.exec(lock_shown<which>, whose); !locked)
    return locked.error();
  auto aside = db.exec(put_aside<which>, whose);
  if (!aside)
    return aside.error();
  if (*aside == 0)
    return done{};
  if (auto marked = db.exec(mark_hidden<which>, whose); !marked)
    return marked.error();
  if (auto written = write_hidden_events<which>(db, whose, now); !written)
    return written;
  return as_done(db.exec(delete_shown<which>, whose));
}

/// Gives back to readers and boards what nothing hides any more.
template <sql_part which>
result<done> show(handle& db, std::int64_t whose, wall_time now) {
  if (auto locked = db.exec(lock_hidden<which>, whose); !locked)
    return locked.error();
  auto back = db.exec(take_back<which>, whose);
  if (!back)
    return back.error();
  if (*back == 0)
    return done{};
  if (auto marked = db.exec(mark_shown<which>, whose); !marked)
    return marked.error();
  if (auto written = write_hidden_events<which>(db, whose, now); !written)
    return written;
  return as_done(db.exec(delete_hidden<which>, whose));
}

/// Ends the sessions and hides the articles; returns those sessions.
template <class Command>
result<family_list> close_account(handle& db, const Command& command, audit_kind why) {
  auto revoked = revoke_families_of(db, command.user, command.now);
  if (!revoked)
    return revoked;
  if (auto hidden = hide<of_author>(db, command.user, command.now); !hidden)
    return hidden.error();
  if (auto noted = record(
          db,
          {.at = command.now, .user = command.user, .kind = why, .from = command.from});
      !noted)
    return noted.error();
  return revoked;
}

} // namespace

result<family_list> run(handle& db, const ban_account& command) {
  return db.transact_alone([&]() -> result<family_list> {
    auto state = lock_account_state(db, command.user);
    if (!state)
      return state.error();
    if (state->banned)
      return errc::wrong_state;
    if (auto set = db.exec(set_banned, command.now, command.user); !set)
      return set.error();
    return close_account(db, command, audit_kind::account_banned);
  });
}

result<done> run(handle& db, const lift_ban& command) {
  return db.transact_alone([&]() -> result<done> {
    auto state = lock_account_state(db, command.user);
    if (!state)
      return state.error();
    if (!state->banned)
      return errc::wrong_state;
    if (auto set = db.exec(set_banned, 0, command.user); !set)
      return set.error();
    if (auto shown = show<of_author>(db, command.user, command.now); !shown)
      return shown;
    return record(db, {.at = command.now,
                       .user = command.user,
                       .kind = audit_kind::ban_lifted,
                       .from = command.from});
  });
}

namespace {

constexpr auto select_author = "SELECT author_id FROM articles WHERE id = $1";

// Keeps a ban or a deletion of the author waiting.
constexpr auto share_account = "SELECT 1 FROM users WHERE id = $1 FOR KEY SHARE";

// As every change of an article locks it.
constexpr auto lock_counts_of =
    "SELECT 1 FROM article_stats WHERE article_id = $1 FOR UPDATE";
constexpr auto lock_article = "SELECT 1 FROM articles WHERE id = $1 FOR NO KEY UPDATE";

constexpr auto insert_taken_down = R"sql(
INSERT INTO taken_down_articles (article_id, taken_down_at) VALUES ($1, $2)
ON CONFLICT DO NOTHING)sql";

constexpr auto delete_taken_down =
    "DELETE FROM taken_down_articles WHERE article_id = $1";

std::string detail_of(article_id id) {
  return "article " + std::to_string(id);
}

/// The author of the article; both are locked until the transaction ends.
result<user_id> lock_for_moderation(handle& db, article_id id) {
  auto author = db.one(select_author, read_number, id);
  if (!author)
    return author.error();
  if (!*author)
    return errc::article_not_found;
  if (auto shared = db.exec(share_account, **author); !shared)
    return shared.error();
  if (auto locked = db.exec(lock_counts_of, id); !locked)
    return locked.error();
  auto there = db.one(lock_article, read_number, id);
  if (!there)
    return there.error();
  if (!*there)
    return errc::article_not_found;
  return **author;
}

} // namespace

result<done> run(handle& db, const take_article_down& command) {
  return db.transact_alone([&]() -> result<done> {
    auto author = lock_for_moderation(db, command.id);
    if (!author)
      return author.error();
    auto taken = db.exec(insert_taken_down, command.id, command.now);
    if (!taken)
      return taken.error();
    if (*taken == 0)
      return errc::wrong_state;
    if (auto hidden = hide<of_article>(db, command.id, command.now); !hidden)
      return hidden;
    return record(db, {.at = command.now,
                       .user = *author,
                       .kind = audit_kind::article_taken_down,
                       .from = command.from,
                       .detail = detail_of(command.id)});
  });
}

result<done> run(handle& db, const put_article_back& command) {
  return db.transact_alone([&]() -> result<done> {
    auto author = lock_for_moderation(db, command.id);
    if (!author)
      return author.error();
    auto back = db.exec(delete_taken_down, command.id);
    if (!back)
      return back.error();
    if (*back == 0)
      return errc::wrong_state;
    if (auto shown = show<of_article>(db, command.id, command.now); !shown)
      return shown;
    return record(db, {.at = command.now,
                       .user = *author,
                       .kind = audit_kind::article_put_back,
                       .from = command.from,
                       .detail = detail_of(command.id)});
  });
}

result<family_list> run(handle& db, const request_deletion& command) {
  return db.transact_alone([&]() -> result<family_list> {
    if (auto proved = check_proof(db, command.user, command.proof); !proved)
      return proved.error();
    if (auto state = lock_account_state(db, command.user); !state)
      return state.error();
    if (auto set = db.exec(set_leaving, command.erase_at, command.user); !set)
      return set.error();
    return close_account(db, command, audit_kind::deletion_asked);
  });
}

namespace {

result<done> take_deletion_back(handle& db, const session_family& by) {
  const auto now = by.rotated_at;
  auto state = lock_account_state(db, by.user);
  if (!state)
    return state.error();
  if (state->leaves_at == wall_time{})
    return done{};
  if (state->leaves_at <= now)
    return errc::user_not_found;
  if (auto set = db.exec(set_leaving, 0, by.user); !set)
    return set.error();
  if (auto shown = show<of_author>(db, by.user, now); !shown)
    return shown;
  return record(db, {.at = now,
                     .user = by.user,
                     .kind = audit_kind::account_restored,
                     .from = {by.network, by.device}});
}

} // namespace

result<opened_family> run(handle& db, const restore_account& command) {
  return db.transact_alone([&]() -> result<opened_family> {
    if (auto back = take_deletion_back(db, command.opening.family); !back)
      return back.error();
    return open_family(db, command.opening);
  });
}

namespace {

constexpr auto select_due_erasures = R"sql(
SELECT id FROM users WHERE leaves_at > 0 AND leaves_at <= $1 ORDER BY leaves_at LIMIT $2
)sql";

// An account has an e-mail or a phone; this is neither.
constexpr auto erase_person = R"sql(
UPDATE users SET erasing = true, email = 'erased:' || id::text, phone = NULL,
  password_hash = '', nickname = '', birthday = '', about_me = '',
  device_epoch = device_epoch + 1
WHERE id = $1)sql";

constexpr auto erase_sessions = "DELETE FROM session_families WHERE user_id = $1";
constexpr auto erase_answers = "DELETE FROM kept_answers WHERE user_id = $1";
constexpr auto erase_own_messages =
    "DELETE FROM sms_messages WHERE account_id = $1 AND account_id > 0";
constexpr auto erase_traces =
    "UPDATE audit_events SET network = '', device = '', detail = '' WHERE user_id = $1";
constexpr auto erase_name_in_stats = "UPDATE article_stats SET author_name = '' WHERE "
                                     "author_id = $1 AND author_name <> ''";
// They are of articles that nobody sees any more.
constexpr auto erase_texts_in_events =
    "UPDATE article_events SET author_name = '', title = '' WHERE author_id = $1";

// Of the phone.
constexpr auto erase_messages = "DELETE FROM sms_messages WHERE phone = $1";
constexpr auto erase_reports =
    "DELETE FROM sms_early_receipts WHERE phone = $1 OR domestic_phone = $1";
constexpr auto erase_verified = "DELETE FROM verified_phones WHERE phone = $1";
constexpr auto erase_codes = "DELETE FROM code_states WHERE phone = $1";

// Of phones that the account has left: its messages tell which. What was sent since is of
// somebody else, and what is of a phone that another account has is that one's.
constexpr auto erase_left_codes = R"sql(
DELETE FROM code_states WHERE (phone, purpose) IN (
  SELECT s.phone, s.purpose
  FROM sms_messages m JOIN code_states s ON s.phone = m.phone AND s.purpose = m.purpose
  WHERE m.account_id = $1 AND m.account_id > 0 AND m.created_at >= s.last_sent)
  AND NOT EXISTS (
    SELECT 1 FROM users u WHERE u.phone = code_states.phone AND u.id <> $1))sql";

constexpr auto select_liked =
    "SELECT article_id FROM likes WHERE user_id = $1 ORDER BY article_id LIMIT $2";
constexpr auto select_collected =
    "SELECT article_id FROM collections WHERE user_id = $1 ORDER BY article_id LIMIT $2";
constexpr auto select_written =
    "SELECT id FROM articles WHERE author_id = $1 ORDER BY id LIMIT $2";

constexpr auto delete_collected =
    "DELETE FROM collections WHERE article_id = $1 AND user_id = $2";
constexpr auto take_from_collected =
    "UPDATE article_stats SET collect_cnt = collect_cnt - 1 WHERE article_id = $1";

constexpr auto delete_user = "DELETE FROM users WHERE id = $1";
constexpr auto leave_id = "INSERT INTO erased_users (id, erased_at) VALUES ($1, $2)";

/// Runs the statements, each with `about`, in their order.
template <class About, class... Sql>
result<done> run_about(handle& db, const About& about, Sql... statements) {
  result<done> out{done{}};
  const auto run = [&](const char* sql) {
    out = as_done(db.exec(sql, about));
    return out.ok();
  };
  static_cast<void>((run(statements) && ...));
  return out;
}

/// All that tells who it was, in one step: from then on nobody can find the account.
result<done> erase_who(handle& db, user_id user, const std::string& phone) {
  if (auto ran = run_about(db, user, erase_person, erase_sessions, erase_answers,
                           erase_left_codes, erase_own_messages, erase_traces,
                           erase_name_in_stats, erase_texts_in_events);
      !ran || phone.empty())
    return ran;
  return run_about(db, phone, erase_messages, erase_reports, erase_verified, erase_codes);
}

result<done> take_like_back(handle& db, article_id id, user_id user, wall_time now) {
  if (auto locked = db.exec(lock_counts_of, id); !locked)
    return locked.error();
  like_article unlike;
  unlike.id = id;
  unlike.user = user;
  unlike.like = false;
  unlike.now = now;
  return as_done(db.dialect().change_like(db, unlike));
}

result<done> take_out_of_collection(handle& db, article_id id, user_id user,
                                    wall_time /*now*/) {
  if (auto locked = db.exec(lock_counts_of, id); !locked)
    return locked.error();
  auto deleted = db.exec(delete_collected, id, user);
  if (!deleted || *deleted == 0)
    return as_done(deleted);
  return as_done(db.exec(take_from_collected, id));
}

result<done> delete_written(handle& db, article_id id, user_id user, wall_time now) {
  return run(db, delete_article{id, user, now});
}

/// Does `each` with up to `limit` articles of `user`; how many there were.
template <class Each>
result<std::int64_t> erase_some(handle& db, const char* select, Each each,
                                const erase_account& c) {
  auto ids = db.all(select, read_number, c.user, c.limit);
  if (!ids)
    return ids.error();
  for (const auto id : *ids)
    if (auto gone = each(db, id, c.user, c.now); !gone)
      return gone.error();
  return std::ssize(*ids);
}

result<done> leave_tombstone_of(handle& db, user_id user, wall_time now) {
  if (auto gone = db.exec(delete_user, user); !gone)
    return gone.error();
  if (auto left = db.exec(leave_id, user, now); !left)
    return left.error();
  return record(db, {.at = now, .user = user, .kind = audit_kind::account_erased});
}

} // namespace

result<user_ids> run(handle& db, const list_due_erasures& command) {
  auto due = db.all(select_due_erasures, read_number, command.now, command.limit);
  if (!due)
    return due.error();
  return user_ids{std::move(*due)};
}

result<erasure_step> run(handle& db, const erase_account& command) {
  return db.transact_alone([&]() -> result<erasure_step> {
    auto found = db.one(lock_state, read_entry_state, command.user);
    if (!found)
      return found.error();
    if (!*found)
      return erasure_step{true};
    const auto& state = **found;
    if (state.leaves_at == wall_time{} || state.leaves_at > command.now)
      return errc::wrong_state;
    db.note_erased();
    if (!state.erasing) {
      if (auto erased = erase_who(db, command.user, state.phone); !erased)
        return erased.error();
      return erasure_step{};
    }
    using step = result<done> (*)(handle&, article_id, user_id, wall_time);
    constexpr std::pair<const char*, step> steps[] = {
        {select_liked, take_like_back},
        {select_collected, take_out_of_collection},
        {select_written, delete_written}};
    for (const auto& [select, each] : steps) {
      auto some = erase_some(db, select, each, command);
      if (!some)
        return some.error();
      if (*some > 0)
        return erasure_step{};
    }
    if (auto gone = leave_tombstone_of(db, command.user, command.now); !gone)
      return gone.error();
    return erasure_step{true};
  });
}

} // namespace tinybook::storage
