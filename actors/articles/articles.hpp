#pragma once

#include "actors/articles/messages.hpp"
#include "actors/interfaces.hpp"
#include "actors/system/managed_actor.hpp"
#include "actors/system/reply.hpp"
#include "actors/system/timer.hpp"
#include "config/settings.hpp"
#include "storage/support/validate.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <unordered_map>

namespace tinybook {

struct articles_config : config::article_settings {
  std::chrono::minutes utc_offset{0}; ///< Decides the day of a like.
  std::chrono::milliseconds request_timeout{0};
  std::chrono::milliseconds sweep_period{std::chrono::hours{1}};
};

/// Articles, likes and collections: checks what authors send and has it cleaned, adds
/// time and day, and collects reads for writing in batches. Each author may have a few
/// saves under way. A crash loses the reads of one flush period and nothing else: every
/// other write is answered after its commit.
class articles_state {
 public:
  using actor_type = articles_actor;

  articles_state(self_pointer<actor_type> self, articles_config config,
                 store_address<article_store_actor> store,
                 address<article_cleaner_actor> cleaner, wall_clock clock)
      : self_(self),
        config_(config),
        store_(std::move(store)),
        cleaner_(std::move(cleaner)),
        clock_(std::move(clock)),
        flush_(self, 1),
        sweep_(self, 2) {}

  actor_type::behavior_type make_behavior();

 private:
  using save_counts = std::unordered_map<user_id, unsigned>; ///< By author.
  struct save_place;
  using save_place_ptr = std::shared_ptr<save_place>;

  caf::result<storage::saved_article> save(save_article& asked);
  void store(const save_article& asked, article_cleaned clean,
             const pending_reply<storage::saved_article>& reply,
             const save_place_ptr& place);
  caf::result<storage::article_detail> read(const read_article& asked);
  void flush();
  void sweep();
  void shut_down_after_flush();
  [[nodiscard]] actor_status status() const;

  /// Passes a command to the store and its answer back.
  template <class Command>
  caf::result<typename Command::reply> pass(Command command);

  self_pointer<actor_type> self_;
  articles_config config_;
  store_address<article_store_actor> store_;
  address<article_cleaner_actor> cleaner_;
  wall_clock clock_;
  timer flush_;
  timer sweep_;                                        ///< Of answers to repeated saves.
  std::unordered_map<article_id, std::int64_t> reads_; ///< Not written yet.
  std::shared_ptr<save_counts> saving_ = std::make_shared<save_counts>();
  std::uint64_t lost_reads_ = 0;
};

} // namespace tinybook
