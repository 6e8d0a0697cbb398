#pragma once

#include "actors/articles/html_cleaner.hpp"
#include "actors/articles/messages.hpp"
#include "actors/interfaces.hpp"
#include "actors/system/managed_actor.hpp"
#include "actors/system/worker_pool.hpp"

namespace tinybook {

/// One thread's worth of cleaning: spawned detached, for the most tangled article keeps a
/// core busy for tens of milliseconds. Takes the same messages as its front. Stateless.
class cleaning_worker_state {
 public:
  using actor_type = article_cleaner_actor;

  cleaning_worker_state(self_pointer<actor_type> self, html_limits limits)
      : self_(std::move(self)), limits_(limits) {}

  actor_type::behavior_type make_behavior();

 private:
  [[nodiscard]] result<article_cleaned> clean(const clean_article& asked) const;

  self_pointer<actor_type> self_;
  html_limits limits_;
};

/// Deals articles out to its workers.
using article_cleaner_state = worker_pool_state<article_cleaner_actor, clean_article>;

} // namespace tinybook
