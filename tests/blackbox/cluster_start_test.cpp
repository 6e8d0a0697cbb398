#include "tests/blackbox/cluster_test.hpp"

#include <algorithm>

namespace tinybook::test {

TEST_CASE("replicas may start before the servers, and say which they wait for") {
  cluster_world w{{.servers_first = false}};
  for (std::size_t i = 0; i < 2; ++i)
    REQUIRE(w.launch(i).wait_listening());
  CHECK(becomes(10s, [&] {
    auto parts = w.missing(0);
    return std::ranges::all_of(std::vector<std::string>{"postgres", "redis", "kafka"},
                               [&](const std::string& name) {
                                 return std::ranges::any_of(parts, [&](const auto& p) {
                                   return p.find(name) != std::string::npos;
                                 });
                               });
  }));
  auto refused = w.browser(0).sign_up("early@example.org", "correct horse");
  CHECK(refused.status == 503);
  CHECK(!refused.header("Retry-After").empty());
  w.start_servers();
  CHECK(w.ready(15s));
  auto author = w.person("author", 0);
  auto id = w.article_of(author, "First");
  CHECK(author.post("/articles/like", {{"id", id}, {"like", true}}).status == 200);
  CHECK(becomes(10s, [&] { return board_of(w, 1).contains(id); }));
  for (std::size_t i = 0; i < 2; ++i)
    w.stop(i);
}

} // namespace tinybook::test
