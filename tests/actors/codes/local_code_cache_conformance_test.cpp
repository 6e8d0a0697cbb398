#include "storage/sqlite/database.hpp"
#include "tests/actors/codes/code_cache_conformance.hpp"
#include "tests/actors/support/identity_world.hpp"
#include "tests/support/default_configs.hpp"
#include "tests/support/temporary_folder.hpp"

#include <optional>

namespace tinybook::test {

namespace {

/// The real store, on one connection.
class sqlite_codes {
 public:
  sqlite_codes() {
    storage::sqlite_options options;
    options.folder = folder_.path();
    auto opened = storage::sqlite_database::open(options);
    REQUIRE(opened.ok());
    database_ = std::move(*opened);
    auto writer = database_->open_writer();
    REQUIRE(writer.ok());
    connection_ = std::move(*writer);
  }

  template <class Command>
  result<typename Command::reply> run(const Command& command) {
    return connection_->run(command);
  }

 private:
  temporary_folder folder_;
  std::unique_ptr<storage::sqlite_database> database_;
  std::unique_ptr<storage::connection> connection_;
};

/// The actor over a store, driven one operation at a time. Whether a code is confirmed
/// or withdrawn depends on the next operation. With `crashes` the actor is killed and
/// started anew before each operation, so that it knows only what was committed.
template <class Model>
class local_cache final : public code_cache_fixture {
 public:
  local_cache(std::shared_ptr<Model> model, bool crashes)
      : model_(std::move(model)), crashes_(crashes) {
    store_.emplace(start_store<code_store_actor>(world_, model_, world_.doors));
    start();
  }

  result<done> issue(const code_key& key, new_code code) override {
    return replace(key, std::move(code), 0);
  }

  result<done> replace(const code_key& key, new_code code, std::int64_t lost) override {
    catch_up();
    auto id = code.code_id;
    auto issued = world_.call(world_.cache, issue_code{key, std::move(code), lost});
    if (!issued)
      return issued.error();
    REQUIRE(issued->to_store.has_value());
    issued_ = {*issued->to_store, id};
    return done{};
  }

  verify_verdict try_one(const code_key& key,
                         const std::vector<candidate_hash>& candidates,
                         const std::string& asker, std::int64_t ticket) override {
    catch_up();
    auto verdict = world_.call(world_.cache, try_code{key, candidates, asker, ticket});
    REQUIRE(verdict.ok());
    return verdict->verdict;
  }

  void use(const code_ticket& ticket) override {
    auto stored = model_->run(storage::load_code_states{world_.now()});
    REQUIRE(stored.ok());
    for (auto& state : stored->states)
      if (state.key == ticket.use.key) {
        state.state.codes.clear();
        REQUIRE(model_->run(storage::save_code_state{state}).ok());
      }
    catch_up();
    REQUIRE(world_.call(world_.cache, settle_code{ticket, true}).ok());
  }

  void let_go(const code_ticket& ticket) override {
    catch_up();
    REQUIRE(world_.call(world_.cache, settle_code{ticket, false}).ok());
  }

  void lose() override {
    catch_up();
    world_.kill(world_.cache);
    start();
  }

  bool wanted(const code_key& key, std::int64_t code_id) override {
    catch_up();
    auto wanted = world_.call(world_.cache, is_code_wanted{key, code_id});
    REQUIRE(wanted.ok());
    return wanted->wanted;
  }

  void withdraw(const code_key& key, std::int64_t code_id) override {
    if (issued_ && issued_->state.key == key && issued_->id == code_id)
      issued_.reset();
    else
      catch_up();
    CHECK(world_.call(world_.cache, withdraw_code{key, code_id}).ok());
  }

  void advance(std::chrono::milliseconds time) override {
    catch_up();
    world_.advance(time, std::max(time, std::chrono::milliseconds{1}));
  }

 private:
  struct reserved {
    storage::keyed_code_state state;
    code_id id = 0;
  };

  void start() {
    world_.start<code_cache_actor, local_code_cache_state>(
        world_.cache, code_cache_from(test::default_settings()), *store_, world_.clock());
  }

  void catch_up() {
    if (auto last = std::exchange(issued_, std::nullopt)) {
      REQUIRE(model_->run(storage::save_code_state{last->state}).ok());
      world_.say(world_.cache, confirm_code{last->state.key, last->id});
    }
    if (crashes_) {
      world_.kill(world_.cache);
      start();
    }
  }

  std::shared_ptr<Model> model_;
  bool crashes_;
  identity_world world_;
  std::optional<store_address<code_store_actor>> store_;
  std::optional<reserved> issued_;
};

template <class Model>
make_code_cache caches(bool crashes) {
  return [crashes] {
    return std::make_unique<local_cache<Model>>(std::make_shared<Model>(), crashes);
  };
}

} // namespace

TEST_CASE("the local code cache keeps the rules") {
  check_code_cache(caches<memory_stores>(false));
}

TEST_CASE("the local code cache replaces lost codes by the rules") {
  check_code_cache_replacement(caches<memory_stores>(false));
}

TEST_CASE("the local code cache replaces codes over SQLite, crashing at each step") {
  check_code_cache_replacement(caches<sqlite_codes>(true));
}

TEST_CASE("the local code cache holds a code for who has entered it") {
  check_code_cache_holds(caches<memory_stores>(false));
}

TEST_CASE("the local code cache holds codes over SQLite, crashing at each step") {
  check_code_cache_holds(caches<sqlite_codes>(true));
}

TEST_CASE("the local code cache finds all codes again after a crash") {
  check_code_cache_loss(caches<sqlite_codes>(false));
}

TEST_CASE("the local code cache counts tries by the rules") {
  check_code_cache_tries(caches<memory_stores>(false));
}

TEST_CASE("the local code cache answers as the rules under random operations") {
  check_code_cache_against_rules(caches<memory_stores>(false));
}

TEST_CASE("the local code cache keeps the rules over SQLite, crashing at each step") {
  check_code_cache(caches<sqlite_codes>(true));
}

TEST_CASE("the local code cache counts tries over SQLite, crashing at each step") {
  check_code_cache_tries(caches<sqlite_codes>(true));
}

TEST_CASE("the local code cache answers as the rules, crashing at each step") {
  check_code_cache_against_rules(caches<memory_stores>(true));
}

} // namespace tinybook::test
