#pragma once

#include "actors/articles/messages.hpp"
#include "actors/interfaces.hpp"
#include "actors/system/journey.hpp"
#include "actors/system/managed_actor.hpp"
#include "actors/system/timer.hpp"
#include "config/settings.hpp"
#include "storage/support/sliding_window.hpp"
#include "storage/support/validate.hpp"

#include <chrono>
#include <cstdint>
#include <string_view>
#include <unordered_map>

namespace tinybook {

struct articles_config : config::article_settings {
  rate_limit saves_hour{};
  rate_limit saves_day{};
  rate_limit likes_minute{};
  storage::article_bounds bounds{};
  std::chrono::minutes utc_offset{0}; ///< Decides the day of a like.
  default_timeout request_timeout{};
  std::chrono::milliseconds sweep_period{std::chrono::hours{1}};
};

/// Changes of articles, likes and collections: checks what authors send and has it
/// cleaned, adds time and day, and collects reads for writing in batches. Each author may
/// have a few saves under way, and so many within an hour and a day; each person so many
/// likes within a minute. A crash loses the reads of one flush period, nothing else:
/// every other write is answered after its commit.
class articles_state {
 public:
  using actor_type = articles_actor;

  articles_state(self_pointer<actor_type> self, articles_config config,
                 store_address<writing_store_actor> store,
                 address<article_cleaner_actor> cleaner,
                 address<rate_limiter_actor> limiter, wall_clock clock)
      : self_(self),
        config_(config),
        store_(std::move(store)),
        cleaner_(std::move(cleaner)),
        limiter_(std::move(limiter)),
        clock_(std::move(clock)),
        flush_(self, 1),
        sweep_(self, 2) {}

  actor_type::behavior_type make_behavior();

 private:
  class save_place;

  // The journeys.
  task<result<storage::saved_article>> save(save_article asked);
  task<result<storage::saved_article>> clean_and_write(save_article asked);
  task<result<storage::like_outcome>> like(set_like asked);
  task<result<done>> collect(add_to_collection asked);
  /// Counts against what one person may like or collect, each apart.
  task<result<done>> count_like(std::string_view what, user_id user);
  task<result<done>> write(storage::add_reads batch);
  task<result<done>> remove_old_answers();

  /// Passes a command to the store and its answer back.
  template <class Command>
  caf::result<typename Command::reply> pass(std::string_view kind, Command command);

  void count(const article_read& read);
  void flush();
  void shut_down_after_flush();
  [[nodiscard]] actor_status status() const;

  self_pointer<actor_type> self_;
  articles_config config_;
  store_address<writing_store_actor> store_;
  address<article_cleaner_actor> cleaner_;
  address<rate_limiter_actor> limiter_;
  wall_clock clock_;
  timer flush_;
  timer sweep_;                                        ///< Of answers to repeated saves.
  std::unordered_map<article_id, std::int64_t> reads_; ///< Not written yet.
  std::unordered_map<user_id, unsigned> saving_;       ///< Saves under way, by author.
  std::uint64_t lost_reads_ = 0;
  std::uint64_t limited_saves_ = 0;
  std::uint64_t limited_likes_ = 0;
};

} // namespace tinybook
