#include "tests/blackbox/cluster_load.hpp"
#include "tests/blackbox/fixture.hpp"

#include <csignal>
#include <cstdlib>
#include <string>
#include <vector>

namespace tinybook::test {

namespace {

/// A code that is asked for on one replica logs in on the other, an article of one is
/// liked on the other, and both boards show it.
void check_together(cluster_world& w, const std::string& name) {
  for (std::size_t i = 0; i < 2; ++i) {
    const auto there = 1 - i;
    const auto phone = w.new_phone();
    auto asking = w.browser(i);
    REQUIRE(asking.send_code(phone).status == 200);
    CHECK(w.browser(there).log_in_by_code(phone, w.code_for(phone)).status == 200);
    auto author = w.person(name + std::to_string(i), i);
    const auto article = w.article_of(author, name);
    auto elsewhere = w.same_person(author, there);
    CHECK(elsewhere.post("/articles/like", {{"id", article}, {"like", true}}).status
          == 200);
    for (std::size_t shown = 0; shown < 2; ++shown)
      CHECK(becomes(10s, [&] { return board_of(w, shown).contains(article); }));
  }
}

std::string previous_binary() {
  const char* previous = std::getenv("PREVIOUS_BINARY"); // NOLINT(concurrency-mt-unsafe)
  REQUIRE_MESSAGE(previous != nullptr, "scripts/upgrade.sh sets PREVIOUS_BINARY");
  return previous;
}

} // namespace

TEST_CASE("a data folder of the release before is served by this one, and back"
          * doctest::skip()) {
  const auto previous = previous_binary();
  const temporary_folder folder;
  const auto options = running_server::quick_options(false);
  std::vector<std::int64_t> articles;
  for (const auto& binary :
       {previous, std::string{TINYBOOK_BINARY}, previous, std::string{TINYBOOK_BINARY}}) {
    server_process server{binary, folder.path(), options};
    REQUIRE_MESSAGE(server.wait_ready(), server.standard_error());
    client ann{server.port()};
    if (articles.empty())
      REQUIRE(ann.sign_up("ann@example.org", "correct horse").status == 200);
    REQUIRE(ann.log_in("ann@example.org", "correct horse").status == 200);
    const auto published =
        ann.post("/articles/publish", {{"title", "T"}, {"content", "words"}});
    REQUIRE(published.status == 200);
    articles.push_back(published.data().get<std::int64_t>());
    for (const auto id : articles)
      CHECK(ann.get("/articles/pub/" + std::to_string(id)).status == 200);
    server.signal(SIGTERM);
    CHECK(server.wait_exit() == 0);
  }
}

TEST_CASE("the release before and this one run side by side, there and back"
          * doctest::skip()) {
  const auto previous = previous_binary();
  cluster_world w;
  w.run_binary(previous, false);
  for (std::size_t i = 0; i < 2; ++i)
    w.start(i);
  REQUIRE(w.ready());
  cluster_load load{w, "upgrade"};
  load.run_on({0, 1});
  REQUIRE(load.goes_on(50, 20s));
  for (const auto& binary : {std::string{TINYBOOK_BINARY}, previous}) {
    w.run_binary(binary, binary != previous);
    for (std::size_t i = 0; i < 2; ++i) {
      load.run_on({1 - i});
      REQUIRE(load.goes_on(50, 20s));
      w.stop(i);
      w.start(i);
      REQUIRE(w.ready());
      load.run_on({0, 1});
      REQUIRE(load.goes_on(50, 20s));
      if (i == 0)
        check_together(w, binary == previous ? "back" : "there");
    }
  }
  load.finish();
  load.check(30s);
}

} // namespace tinybook::test
