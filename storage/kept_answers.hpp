#pragma once

#include "storage/result.hpp"
#include "storage/types.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace tinybook::storage {

/// What makes a write repeatable: the key that its client chose for it (header
/// `Idempotency-Key`), and what was asked. Both as SHA-256 in hex.
struct repeatable {
  std::string key_hash;
  std::string request_hash;

  bool operator==(const repeatable&) const = default;
};

/// How long the answer to a key is kept, at least.
inline constexpr std::chrono::hours answer_kept_for{24};

// The same words on both back ends. The row is taken before the work: of two requests
// with one key, the later waits for the end of the other.
inline constexpr auto take_key = R"sql(
INSERT INTO kept_answers (user_id, key_hash, request_hash, article_id, created_at)
VALUES ($1, $2, $3, 0, $4)
ON CONFLICT (user_id, key_hash) DO UPDATE SET request_hash = excluded.request_hash,
  article_id = 0, created_at = excluded.created_at
WHERE kept_answers.created_at <= $5)sql";

inline constexpr auto select_answer = R"sql(
SELECT request_hash, article_id FROM kept_answers WHERE user_id = $1 AND key_hash = $2)sql";

inline constexpr auto keep_answer = R"sql(
UPDATE kept_answers SET article_id = $1 WHERE user_id = $2 AND key_hash = $3)sql";

inline constexpr auto remove_old_answers = R"sql(
DELETE FROM kept_answers WHERE (user_id, key_hash) IN (
  SELECT user_id, key_hash FROM kept_answers WHERE created_at <= $1
  ORDER BY created_at LIMIT $2))sql";

/// Runs `work`, which saves an article of `user` and answers its id, within the present
/// transaction; or answers what it answered when the same was asked with the same key
/// within a day. Fails with `key_reused` where the key stood for something else, else as
/// `work` does, whose failures are not kept.
template <class Db, class Work>
result<std::int64_t> once(Db& db, user_id user, const std::optional<repeatable>& what,
                          wall_time now, Work work) {
  if (!what)
    return work();
  auto taken = db.exec(take_key, user, what->key_hash, what->request_hash, now,
                       now - answer_kept_for);
  if (!taken)
    return taken.error();
  if (*taken == 0) {
    struct answer {
      std::string request;
      std::int64_t id = 0;
    };
    auto kept = db.one(
        select_answer,
        [](auto& row) {
          return answer{row.text(), row.number()};
        },
        user, what->key_hash);
    if (!kept)
      return kept.error();
    if (!*kept || (*kept)->request != what->request_hash)
      return errc::key_reused;
    return (*kept)->id;
  }
  auto id = work();
  if (!id)
    return id;
  if (auto written = db.exec(keep_answer, *id, user, what->key_hash); !written)
    return written.error();
  return id;
}

} // namespace tinybook::storage
