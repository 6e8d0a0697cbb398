#pragma once

#include "actors/interfaces.hpp"
#include "actors/ranking/top_board.hpp"
#include "actors/system/managed_actor.hpp"
#include "actors/system/reply.hpp"
#include "actors/system/timer.hpp"

#include <chrono>
#include <cstdint>
#include <functional>

namespace tinybook {

struct ranking_config {
  std::chrono::milliseconds refresh_period{1000}; ///< How often the ingress gets a board.
  std::chrono::milliseconds max_stale{10'000};    ///< Older than this is called stale.
  std::chrono::milliseconds audit_period{60'000}; ///< Between walks over the whole store.
  std::chrono::milliseconds retry{1000};          ///< After a failed read of the store.
  std::chrono::milliseconds request_timeout{5000};
  std::int64_t page = 1000; ///< Rows a page of hydration and audit.
};

/// The board of all time. At start it asks the store once for the 100 most liked, so that
/// there is something to show at once (marked stale), then walks every row in keyset
/// pages while live events are applied: versions make the order irrelevant. The audit is
/// the same walk again; what it has to mend is counted as drift. Nothing here survives a
/// crash; a restart hydrates anew under a new epoch.
class ranking_state {
 public:
  using actor_type = ranking_actor;

  ranking_state(self_pointer<actor_type> self, ranking_config config,
                store_address<article_store_actor> store, address<ingress_actor> ingress,
                wall_clock clock);

  actor_type::behavior_type make_behavior();

 private:
  void load_top();
  void walk(article_id after);
  void walk_finished();
  void retry_later(std::function<void()> what);
  caf::result<done> apply(const apply_events& batch);
  std::size_t apply_rows(const storage::event_page& page);
  void refresh();
  [[nodiscard]] served_board served() const;
  [[nodiscard]] actor_status status() const;

  self_pointer<actor_type> self_;
  ranking_config config_;
  store_address<article_store_actor> store_;
  address<ingress_actor> ingress_;
  wall_clock clock_;
  timer<actor_type> refresh_;
  timer<actor_type> walk_timer_; ///< The next audit, or the retry of a failed read.
  top_board board_;
  std::function<void()> next_walk_;
  bool has_top_ = false;
  bool hydrated_ = false;
  wall_time walk_began_{};
  wall_time complete_until_{};
  std::uint64_t applied_ = 0;
  std::uint64_t ignored_ = 0;
  std::uint64_t drift_ = 0; ///< Rows that an audit had to mend.
  std::uint64_t audits_ = 0;
};

} // namespace tinybook
