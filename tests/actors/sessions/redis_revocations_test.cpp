#include "actors/sessions/redis_revocations.hpp"
#include "tests/actors/redis/redis_fixture.hpp"
#include "tests/actors/support/identity_world.hpp"
#include "tests/support/default_configs.hpp"

#include <algorithm>

namespace tinybook::test {

using namespace std::chrono_literals;

namespace {

/// Two replicas over one store and one Redis, of which the first logs people in and out.
struct two_replicas : identity_world {
  redis_server redis;
  std::shared_ptr<ingress_double::seen> other_saw =
      std::make_shared<ingress_double::seen>();
  std::shared_ptr<gate> other_doors = std::make_shared<gate>();
  std::vector<handle_of<revocation_spreader_actor>> spreaders;

  two_replicas() {
    start_ingress();
    auto other_ingress =
        start<ingress_actor, ingress_double>("other", other_saw, other_doors);
    spreaders.push_back(start_spreader(ingress));
    spreaders.push_back(start_spreader(address<ingress_actor>{other_ingress}));
    start<sessions_actor, sessions_state>(
        sessions, session_settings,
        start_store<session_store_actor>(*this, stores, doors), ingress, codec, clock(),
        random, address<revocation_spreader_actor>{spreaders.front()});
  }

  handle_of<revocation_spreader_actor> start_spreader(const address<ingress_actor>& to) {
    return start<revocation_spreader_actor, redis_revocations_state>(
        "spreader", redis_revocations_from(default_settings()), start_redis(*this, redis),
        start_store<session_store_actor>(*this, stores, doors), to, clock(), random);
  }

  /// Logs in and out; returns the family.
  std::string log_out() {
    auto pair = call(sessions, open_session{7, {}});
    REQUIRE(pair.ok());
    auto family = claims(pair->refresh, token_kind::refresh).family;
    REQUIRE(call(sessions, close_session{family}).ok());
    CHECK(knows(*ingress_saw, family));
    return family;
  }

  static bool knows(const ingress_double::seen& saw, const std::string& family) {
    return std::ranges::any_of(saw.revoked,
                               [&](const auto& r) { return r.family == family; });
  }
  [[nodiscard]] bool other_knows(const std::string& family) const {
    return knows(*other_saw, family);
  }
  int row_reads() { return doors->seen<storage::revoked_families>(); }
};

} // namespace

TEST_CASE("a log-out reaches the other replica within one poll, without the database") {
  two_replicas w;
  w.advance(1s, 10ms);
  auto reads = w.row_reads();
  auto family = w.log_out();
  CHECK_FALSE(w.other_knows(family));
  w.advance(500ms, 10ms);
  CHECK(w.other_knows(family));
  CHECK(w.row_reads() == reads);
  auto until = w.other_saw->revoked.back().until;
  CHECK(until >= w.now() - 500ms + 15min);
}

TEST_CASE(
    "while Redis is away log-outs succeed and are read from the rows within a poll") {
  two_replicas w;
  w.advance(1s, 10ms);
  w.redis.kill_hard();
  auto family = w.log_out();
  w.advance(500ms, 10ms);
  CHECK(w.other_knows(family));
  w.redis.start();
  auto later = w.log_out();
  w.advance(500ms, 10ms);
  CHECK(w.other_knows(later));
}

TEST_CASE("what Redis lost before it was read is read from the rows") {
  two_replicas w;
  w.advance(1s, 10ms);
  auto family = w.log_out();
  SUBCASE("by a flush") {
    w.redis.flush();
    w.advance(500ms, 10ms);
  }
  SUBCASE("by a restart") {
    w.redis.restart();
    w.advance(600ms, 10ms);
  }
  CHECK(w.other_knows(family));
}

TEST_CASE("a revocation that an ingress did not take is pushed again") {
  two_replicas w;
  w.advance(1s, 10ms);
  w.other_doors->fail<session_revoked>(errc::unavailable);
  auto family = w.log_out();
  w.advance(1s, 10ms);
  CHECK_FALSE(w.other_knows(family));
  w.other_doors->release();
  w.advance(500ms, 10ms);
  CHECK(w.other_knows(family));
}

TEST_CASE("a log-out that could not be written is found in the rows before long") {
  two_replicas w;
  w.advance(1s, 10ms);
  // Nothing writes this replica's log-outs to Redis any more.
  caf::anon_send_exit(w.spreaders.front(), caf::exit_reason::kill);
  w.run();
  auto family = w.log_out();
  w.advance(11s, 50ms);
  CHECK(w.other_knows(family));
}

TEST_CASE("revocations that no token can outlive leave Redis") {
  two_replicas w;
  w.log_out();
  auto config = redis_revocations_from(default_settings());
  config.access_lifetime = 1ms;
  config.clock_leeway = 0ms;
  auto spreader = w.start<revocation_spreader_actor, redis_revocations_state>(
      "late", config, start_redis(w, w.redis),
      start_store<session_store_actor>(w, w.stores, w.doors), w.ingress, w.clock(),
      w.random);
  // The server's own clock decides: writes until one finds an older entry to drop.
  auto kept = [&] {
    return std::stoi(w.redis.command({"ZCARD", "tinybook:{sessions}:revoked"}));
  };
  auto deadline = std::chrono::steady_clock::now() + 10s;
  int written = 1;
  do {
    auto family = "f" + std::to_string(written++);
    REQUIRE(w.ask(spreader, spread_revocations{{{.id = family}}}).ok());
  } while (kept() == written && std::chrono::steady_clock::now() < deadline);
  CHECK(kept() < written);
}

} // namespace tinybook::test
