#include "tests/ranking_simulation/replica.hpp"

#include "actors/events/feed.hpp"
#include "actors/events/publisher.hpp"
#include "actors/ranking/ranking.hpp"
#include "tests/support/default_configs.hpp"

namespace tinybook::ranking_sim {

namespace {

template <class Handle>
address<Handle> nowhere(const char* name) {
  return address<Handle>{std::make_shared<actor_meter>(name, "simulated", "")};
}

} // namespace

replica::replica(caf::actor_system& system, world& w, int number,
                 address<test::board_host_actor> shared)
    : system_(system),
      world_(w),
      number_(number),
      clock_is_off_(w.pick(181) - 90),
      shared_(std::move(shared)),
      database_(nowhere<reader_state::actor_type>("database")),
      bus_(nowhere<event_bus_actor>("bus")),
      source_(nowhere<event_source_actor>("source")),
      feed_(nowhere<event_feed_actor>("feed")),
      publisher_(nowhere<event_publisher_actor>("publisher")),
      boards_(nowhere<test::board_host_actor>("boards")),
      ranking_(nowhere<ranking_actor>("ranking")),
      ingress_(nowhere<ingress_actor>("ingress")) {}

template <class Handle, class State, class... Args>
void replica::spawn(const address<Handle>& at, Args... args) {
  system_.spawn<managed_actor<Handle, State>>(at, args...);
}

template <class Handle>
void replica::end(const address<Handle>& at) {
  if (auto handle = at.get())
    caf::anon_send_exit(handle, caf::exit_reason::kill);
  at.clear();
}

wall_clock replica::clock() const {
  return [w = &world_, off = clock_is_off_] {
    return w->now() + off;
  };
}

void replica::start() {
  world_.tell("replica " + std::to_string(number_) + " starts");
  runs_ = true;
  spawn<reader_state::actor_type, reader_state>(database_, &world_, number_);
  spawn<event_bus_actor, bus_state>(bus_, &world_);
  spawn<test::board_host_actor, boards_door_state>(boards_, &world_, shared_);
  spawn<ingress_actor, catcher_state>(ingress_, &world_, shown_.get());
  start_ranking();
  start_feed();
  spawn<event_source_actor, source_state>(source_, &world_, number_, feed_);
  start_publisher();
}

void replica::kill() {
  world_.tell("replica " + std::to_string(number_) + " is killed");
  runs_ = false;
  end(publisher_);
  end(source_);
  end(feed_);
  end(ranking_);
  end(ingress_);
  end(boards_);
  end(bus_);
  end(database_);
  for (auto& owner : world_.log.owner)
    if (owner == number_)
      owner = -1;
  ++world_.log.generation;
}

void replica::start_ranking() {
  auto config = test::default_ranking();
  config.replica = "r" + std::to_string(number_);
  config.utc_offset = utc_offset;
  config.page = 3;
  spawn<ranking_actor, ranking_state>(
      ranking_, config,
      ranking_peers{store_address<article_store_actor>{
                        nowhere<article_store_actor::writer>("none"), {database_}},
                    [at = boards_, most = config.request_timeout] {
                      return std::make_unique<test::hosted_board_store>(at, most);
                    },
                    ingress_},
      clock());
}

void replica::start_publisher() {
  auto config = publisher_from(test::default_settings());
  config.batch = 4;
  spawn<event_publisher_actor, publisher_state>(
      publisher_, config,
      store_address<event_store_actor>{address<event_store_actor::writer>{database_},
                                       {database_}},
      std::make_shared<kafka_event_bus>(bus_, config.request_timeout), clock());
}

void replica::start_feed() {
  spawn<event_feed_actor, feed_state>(
      feed_, feed_config{test::default_settings().actors.request_timeout}, ranking_,
      clock());
}

void replica::restart_ranking() {
  world_.tell("a ranking is lost");
  end(ranking_);
  start_ranking();
}

void replica::restart_publisher() {
  world_.tell("a publisher is lost");
  end(publisher_);
  start_publisher();
}

void replica::restart_feed() {
  world_.tell("a feed is lost");
  end(feed_);
  start_feed();
}

void replica::committed() {
  if (auto publisher = publisher_.get())
    caf::anon_send(publisher, events_committed{});
}

void replica::rebuild() {
  world_.tell("a rebuild is asked for");
  if (auto ranking = ranking_.get())
    caf::anon_send(ranking, rebuild_boards{});
}

void replica::ask_for_rank(std::int64_t id) {
  auto ranking = ranking_.get();
  if (!ranking)
    return;
  const auto window = static_cast<board_window>(world_.pick(3));
  system_.spawn([ranking, window, id, w = &world_](caf::event_based_actor* self) {
    self->request(ranking, std::chrono::seconds{8}, find_rank{window, id, 100})
        .then(
            [w](const served_board& found) {
              ++w->answers;
              if (auto what = untruth_of(*found.board, w->articles); !what.empty())
                w->violated("asked for a rank, " + what);
            },
            [](const caf::error&) {});
  });
}

} // namespace tinybook::ranking_sim
