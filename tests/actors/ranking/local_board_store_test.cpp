#include "actors/ranking/local_board_store.hpp"
#include "tests/actors/ranking/board_client.hpp"
#include "tests/support/actor_fixture.hpp"
#include "tests/support/hosted_board_store.hpp"

namespace tinybook {

namespace {

class local_board_fixture final : public test::board_store_fixture {
 public:
  result<boards_applied> run(apply_to_boards m) override { return ask(std::move(m)); }
  result<boards_seen> run(look_at_boards m) override { return ask(m); }
  result<board_place> run(find_in_board m) override { return ask(m); }
  result<walk_grant> run(begin_walk m) override { return ask(std::move(m)); }
  result<done> run(finish_walk m) override { return ask(std::move(m)); }
  void pass(std::chrono::milliseconds d) override { actors_.advance(d); }

 private:
  template <class M>
  result<typename M::reply> ask(M m) {
    return actors_.ask(store_, std::move(m));
  }

  test::actor_fixture actors_;
  handle_of<test::board_host_actor> store_ =
      actors_.start<test::board_host_actor, test::board_host_state>(
          "boards", std::make_unique<local_board_store>(actors_.clock()));
};

const test::make_board_store make_local_board_store = [] {
  return std::make_unique<local_board_fixture>();
};

} // namespace

TEST_CASE("boards in memory follow the rules of a board") {
  test::board_rules_conformance(make_local_board_store);
}

TEST_CASE("boards in memory keep day and week") {
  test::board_windows_conformance(make_local_board_store);
}

TEST_CASE("boards in memory are filled, rebuilt and audited by one replica at a time") {
  test::board_epochs_conformance(make_local_board_store);
}

TEST_CASE("boards in memory equal a map and a sort after any history") {
  test::board_random_conformance(make_local_board_store, 60);
}

} // namespace tinybook
