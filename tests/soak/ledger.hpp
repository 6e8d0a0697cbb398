#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace tinybook::soak {

struct like_key {
  std::string account;
  std::int64_t article = 0;
  auto operator<=>(const like_key&) const = default;
};

struct stored_message {
  std::string phone;
  std::string client_ref;
  int state = 0; ///< 0 ready, 1 leased, 2 delivered, 3 expired, 4 dead.
};

struct article_day {
  std::int64_t article = 0;
  std::int64_t day = 0;
  auto operator<=>(const article_day&) const = default;
};

/// What the database holds at one moment, while nobody writes.
struct stored_rows {
  std::set<std::string> accounts; ///< E-mail or phone.
  std::set<std::int64_t> published;
  std::map<std::int64_t, std::string> titles;  ///< Of the authors' copies.
  std::map<like_key, std::int64_t> likes;      ///< The day of each.
  std::map<std::int64_t, std::int64_t> counts; ///< As article_stats has them.
  std::map<article_day, std::int64_t> days;    ///< As like_days has them, without zeros.
  std::vector<stored_message> messages;
  std::int64_t today = 0;  ///< As likes count days.
  std::int64_t events = 0; ///< That are not published yet.
};

/// What a provider took under one client reference.
struct received_message {
  std::string phone;
  int copies = 0;
};
using received_messages = std::map<std::string, received_message>; ///< By reference.

/// Of the messages that were accepted.
struct message_counts {
  std::int64_t accepted = 0;
  std::int64_t delivered = 0;
  std::int64_t expired = 0;
  std::int64_t dead = 0;
  std::int64_t waiting = 0;
};

/// What the answers have promised, and whether the database and the providers hold it. A
/// write that was not answered with success may or may not have been done, and may still
/// be done a while later: its effect, and that of what follows soon, is not known.
/// Thread-safe; of one like or one title only one write may be under way at a time.
class ledger {
 public:
  using time = std::chrono::steady_clock::time_point;
  static constexpr std::chrono::seconds late_commit{15};

  void account(std::string name);
  void article(std::int64_t id);
  void code_accepted(std::string phone);
  void like_begins(const like_key& key);
  /// Nothing = it was not answered with success.
  void like_ends(const like_key& key, std::optional<bool> liked, time now);
  void title_begins(std::int64_t article);
  void title_ends(std::int64_t article, std::optional<std::string> title, time now);
  /// Messages that were leased when a replica was killed: they may be sent twice, and one
  /// whose code was entered by then ends as expired.
  void leased_at_kill(const std::vector<std::string>& phones);

  /// What is lost or wrong, a sentence for each kind. Empty where all is well.
  [[nodiscard]] std::vector<std::string> losses(const stored_rows& rows,
                                                const received_messages& received) const;
  [[nodiscard]] message_counts count_messages(const stored_rows& rows) const;
  /// Likes that are known to be given.
  [[nodiscard]] std::int64_t known_likes() const;

 private:
  template <class T>
  struct last_write {
    std::optional<T> value; ///< Nothing = unknown.
    time doubtful_until{};

    void end(std::optional<T> v, time now) {
      if (!v)
        doubtful_until = now + late_commit;
      else if (now >= doubtful_until)
        value = std::move(v);
    }
  };

  mutable std::mutex mutex_;
  std::set<std::string> accounts_;
  std::set<std::int64_t> articles_;
  std::set<std::string> phones_;
  std::set<std::string> leased_at_kill_;
  std::map<like_key, last_write<bool>> likes_;
  std::map<std::int64_t, last_write<std::string>> titles_;
};

/// A row of a board.
struct board_row {
  std::int64_t article = 0;
  std::int64_t likes = 0;
  bool operator==(const board_row&) const = default;
};

/// The first 100 rows of a board as the likes themselves have it: those since
/// `first_day`, most liked first, newer articles before older ones.
[[nodiscard]] std::vector<board_row> board_of_likes(const stored_rows& rows,
                                                    std::int64_t first_day);

/// Where two boards differ first, in words; empty where they do not.
[[nodiscard]] std::string difference(const std::vector<board_row>& wanted,
                                     const std::vector<board_row>& shown);

} // namespace tinybook::soak
