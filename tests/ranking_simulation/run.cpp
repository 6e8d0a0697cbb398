#include "tests/ranking_simulation/run.hpp"

#include "actors/ranking/local_board_store.hpp"
#include "tests/ranking_simulation/replica.hpp"
#include "tests/support/instants.hpp"
#include "tests/support/seeded_jobs.hpp"

#include <algorithm>
#include <string>

namespace tinybook::ranking_sim {

using std::chrono::milliseconds;
using namespace std::chrono_literals;

namespace {

constexpr int troubled_events = 260;
constexpr int people = 6;
constexpr mood trouble{0.3, 0.1, 0.3};

/// One seed: a time with faults, then one without, in which every board must recover.
class history {
 public:
  history(std::uint64_t seed, bool readable)
      : seed_(seed),
        first_(seed),
        world_(seed, readable, 2 + static_cast<int>(first_.below(10)),
               1 + static_cast<int>(first_.below(3))),
        jobs_(
            world_.chance, [] {}, [this](milliseconds d) { world_.passed += d; },
            [this] { return broken(); }) {
    start_boards();
    for (int i = 0; i < 1 + static_cast<int>(first_.below(3)); ++i) {
      replicas_.push_back(std::make_unique<replica>(jobs_.system(), world_, i, boards_));
      replicas_.back()->start();
    }
    rebalance();
  }

  ~history() {
    for (auto& r : replicas_)
      r->kill();
    caf::anon_send_exit(boards_.get(), caf::exit_reason::kill);
    boards_.clear();
    jobs_.run_out();
  }
  history(const history&) = delete;
  history& operator=(const history&) = delete;

  void troubled_time() {
    for (int i = 0; i < troubled_events && !broken(); ++i)
      something_happens();
  }

  void quiet_time() {
    world_.tell("all is well from now on");
    world_.database_mood = world_.bus_mood = world_.boards_mood = {};
    for (auto& r : replicas_)
      if (!r->runs())
        r->start();
    rebalance();
    // Requests time out, leases of killed replicas run out, one audit passes.
    jobs_.pass(100s);
    for (std::int64_t id = 1; id <= world_.articles.articles() && !broken(); ++id)
      change(id, 0);
    jobs_.pass(4s);
    // Around midnight a board may be that of the other day, and says so: some clocks are
    // ahead.
    const auto into_day =
        world_.now() - test::start_of_day(day_of(world_.now(), utc_offset), utc_offset);
    if (into_day < 4s || into_day > 24h - 1s)
      jobs_.pass(6s);
    if (!broken())
      settle();
  }

  [[nodiscard]] sim::seed_report report() const {
    sim::seed_report out;
    out.seed = seed_;
    out.digest = world_.story.digest();
    out.steps = jobs_.steps();
    out.counts = {{"changes", changes_}, {"boards shown", world_.answers}};
    out.violations = world_.violations;
    out.trace = world_.story.lines();
    return out;
  }

 private:
  [[nodiscard]] bool broken() const { return !world_.violations.empty(); }

  void start_boards() {
    jobs_.system().spawn<managed_actor<test::board_host_actor, test::board_host_state>>(
        boards_, std::make_unique<local_board_store>([this] { return world_.now(); }));
  }

  /// The boards are lost.
  void empty_boards() {
    world_.tell("the board store loses its data");
    caf::anon_send_exit(boards_.get(), caf::exit_reason::kill);
    jobs_.stall(1ms);
    start_boards();
  }

  void rebalance() {
    world_.tell("the partitions are dealt out anew");
    std::vector<int> alive;
    for (const auto& r : replicas_)
      if (r->runs())
        alive.push_back(r->number());
    for (auto& owner : world_.log.owner)
      owner = alive.empty() ? -1
                            : alive[static_cast<std::size_t>(
                                world_.pick(static_cast<int>(alive.size())))];
    ++world_.log.generation;
  }

  void replay() {
    world_.tell("the topic is read from the beginning");
    std::ranges::fill(world_.log.committed, std::size_t{0});
    ++world_.log.generation;
  }

  void poison() {
    static const bus_message kinds[] = {
        {"article:1", "no json"}, {"article:1", "{}"}, {"", "no heartbeat"}, {"x", ""}};
    auto& log = world_.log.partitions;
    const auto p = static_cast<std::size_t>(world_.pick(static_cast<int>(log.size())));
    log[p].push_back(kinds[world_.pick(4)]);
    log[p].back().partition = static_cast<std::int32_t>(p);
  }

  void begin_change() {
    const auto id = 1 + world_.pick(static_cast<int>(world_.articles.articles()));
    auto* r = any_running();
    if (r != nullptr && world_.articles.begin(id, r->number(), world_.now()))
      open_.emplace_back(id, r->number());
  }

  void end_change() {
    if (open_.empty())
      return;
    const auto i = world_.pick(static_cast<int>(open_.size()));
    const auto [id, number] = open_[static_cast<std::size_t>(i)];
    open_.erase(open_.begin() + i);
    commit(id, number);
  }

  void change(std::int64_t id, int number) {
    if (world_.articles.begin(id, number, world_.now()))
      commit(id, number);
  }

  void commit(std::int64_t id, int number) {
    ++changes_;
    auto& db = world_.articles;
    const auto now = world_.now();
    if (!db.present(id).published || world_.happens(0.1))
      db.commit_publish(id, "t" + std::to_string(world_.pick(3)), now);
    else if (world_.happens(0.1))
      db.commit_withdraw(id, now);
    else
      db.commit_like(id, world_.pick(people), now);
    world_.tell("article " + std::to_string(id) + " is now at "
                + std::to_string(db.present(id).ver));
    // Its publisher is woken unless the process dies right after the commit.
    for (auto& r : replicas_)
      if (r->number() == number && r->runs() && !world_.happens(0.1))
        r->committed();
  }

  void trouble_a_server() {
    mood* servers[] = {&world_.database_mood, &world_.bus_mood, &world_.boards_mood};
    const auto which = world_.pick(3);
    const bool well = world_.happens(0.5);
    *servers[which] = well ? mood{} : world_.happens(0.3) ? mood{1, 0, 0} : trouble;
    world_.tell("server " + std::to_string(which)
                + (well ? " is well" : " is in trouble"));
  }

  void crash() {
    auto* r = any_running();
    if (r == nullptr)
      return;
    switch (world_.pick(5)) {
    case 0:
      return r->restart_ranking();
    case 1:
      return r->restart_publisher();
    case 2:
      return r->restart_feed();
    default:
      r->kill();
      if (world_.happens(0.5))
        r->start();
    }
  }

  void revive() {
    for (auto& r : replicas_)
      if (!r->runs())
        r->start();
    rebalance();
  }

  void something_happens() {
    auto* r = any_running();
    switch (world_.pick(32)) {
    case 0:
    case 1:
    case 2:
    case 3:
    case 4:
    case 5:
      return begin_change();
    case 6:
    case 7:
    case 8:
    case 9:
    case 10:
      return end_change();
    case 11:
      return trouble_a_server();
    case 12:
      return world_.happens(0.5) ? crash() : revive();
    case 13:
      return world_.happens(0.3) ? empty_boards() : rebalance();
    case 14:
      return world_.happens(0.2) ? replay() : poison();
    case 15:
      if (r != nullptr && world_.happens(0.2))
        r->rebuild();
      return;
    case 16:
      if (r != nullptr)
        r->ask_for_rank(1 + world_.pick(static_cast<int>(world_.articles.articles())));
      return;
    case 17:
    case 18:
    case 19:
    case 20:
    case 21:
      return jobs_.pass(milliseconds{world_.pick(3000)});
    case 22:
      return jobs_.stall(400ms);
    case 23:
      if (world_.happens(0.05))
        jobs_.pass(70s); // Long enough for an audit.
      return;
    default:
      jobs_.some_steps(world_.pick(30));
    }
  }

  [[nodiscard]] replica* any_running() {
    const auto first =
        static_cast<std::size_t>(world_.pick(static_cast<int>(replicas_.size())));
    for (std::size_t i = 0; i < replicas_.size(); ++i)
      if (auto& r = replicas_[(first + i) % replicas_.size()]; r->runs())
        return r.get();
    return nullptr;
  }

  /// Every replica shows what the database holds, and says that it is fresh.
  void settle() {
    if (world_.articles.unpublished() != 0)
      world_.violated("events were left in the outbox");
    const auto today = day_of(world_.now(), utc_offset);
    for (const auto& r : replicas_)
      for (const auto& shown : r->shown()) {
        if (!shown.board)
          return world_.violated("a replica shows no board");
        if (auto what = difference_of(*shown.board, world_.articles, today);
            !what.empty())
          return world_.violated("in the end " + what);
        if (shown.stale || world_.now() - shown.board->as_of > 3s)
          return world_.violated("in the end a board is as of "
                                 + format_rfc3339(shown.board->as_of) + ", now is "
                                 + format_rfc3339(world_.now()));
      }
  }

  std::uint64_t seed_;
  seeded_random first_;
  world world_;
  test::seeded_jobs jobs_;
  address<test::board_host_actor> boards_{
      std::make_shared<actor_meter>("shared boards", "simulated", "")};
  std::vector<std::unique_ptr<replica>> replicas_;
  std::vector<std::pair<std::int64_t, int>> open_;
  std::int64_t changes_ = 0;
};

} // namespace

sim::seed_report run_seed(std::uint64_t seed, bool readable) {
  history h{seed, readable};
  h.troubled_time();
  h.quiet_time();
  return h.report();
}

} // namespace tinybook::ranking_sim
