#include "actors/events/event_bus.hpp"
#include "actors/events/feed.hpp"
#include "actors/events/kafka_bus.hpp"
#include "actors/events/kafka_source.hpp"
#include "actors/events/publisher.hpp"
#include "actors/ranking/local_board_store.hpp"
#include "actors/ranking/ranking.hpp"
#include "actors/ranking/redis_board_store.hpp"
#include "actors/wiring/children.hpp"
#include "actors/wiring/configs.hpp"
#include "actors/wiring/shared_configs.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <utility>

namespace tinybook {

void define_ranking(actor_tree& tree, const children& c, const config::settings& s,
                    const outside_world& out) {
  std::function<std::unique_ptr<board_store>()> make_boards;
  if (s.ranking.board == config::backend_kind::redis)
    make_boards = [config = redis_board_store_from(s), redis = *c.redis] {
      return std::make_unique<redis_board_store>(config, redis);
    };
  else
    make_boards = [clock = out.clock] {
      return std::make_unique<local_board_store>(clock);
    };
  tree.define<ranking_state>(c.ranking, ranking_from(s),
                             ranking_peers{store_address<article_store_actor>{c.store(s)},
                                           std::move(make_boards), c.ingress},
                             out.clock);
  std::shared_ptr<event_bus> bus;
  if (c.kafka) {
    tree.define<feed_state>(c.kafka->feed, feed_config{s.actors.request_timeout},
                            c.ranking, out.clock);
    tree.define<kafka_bus_state, caf::detached>(c.kafka->bus, kafka_bus_config{s.kafka});
    tree.define<kafka_source_state, caf::detached>(
        c.kafka->source,
        kafka_source_config{.kafka = s.kafka,
                            .instance = replica_name_from(s),
                            .request_timeout = s.actors.request_timeout},
        c.kafka->feed, c.ranking);
    // For events, then heartbeats behind them.
    bus = std::make_shared<kafka_event_bus>(c.kafka->bus, 2 * s.kafka.delivery_timeout
                                                              + std::chrono::seconds{3});
  } else {
    bus = std::make_shared<direct_event_bus>(c.ranking, s.actors.request_timeout);
  }
  tree.define<publisher_state>(c.publisher, publisher_from(s),
                               store_address<event_store_actor>{c.store(s)},
                               std::move(bus), out.clock);
}

} // namespace tinybook
