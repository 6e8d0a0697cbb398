#include "tests/blackbox/fixture.hpp"

#include <string>

namespace tinybook::test {

TEST_CASE("what one person may write has limits that are named") {
  running_server server{
      {"--set", "articles.saves_per_hour=3", "--set", "articles.likes_per_minute=2",
       "--set", "articles.max_per_person=2", "--set", "accounts.edits_per_hour=1"}};
  auto ann = server.person("ann");
  const auto save = [&] {
    return ann.post("/articles/edit", {{"title", "T"}, {"content", "c"}});
  };
  const auto first =
      ann.post("/articles/publish", {{"title", "T"}, {"content", "c"}}).data();
  CHECK(save().status == 200);
  const auto full = save();
  CHECK(full.status == 429);
  CHECK(full.error() == "quota_reached");
  CHECK(full.header("Retry-After") == "3600");
  CHECK(full.body["rule"] == "articles.max_per_person");
  const auto limited = save();
  CHECK(limited.status == 429);
  CHECK(limited.body["rule"] == "articles.saves_per_hour");
  CHECK(std::stoi(limited.header("Retry-After")) > 3000);
  const auto like = [&](bool on) {
    return ann.post("/articles/like", {{"id", first}, {"like", on}});
  };
  CHECK(like(true).status == 200);
  CHECK(like(false).status == 200);
  const auto third = like(true);
  CHECK(third.status == 429);
  CHECK(third.body["rule"] == "articles.likes_per_minute");
  CHECK(std::stoi(third.header("Retry-After")) <= 60);
  const auto rename = [&] {
    return ann.post("/users/edit", {{"nickname", "Anna"}});
  };
  CHECK(rename().status == 200);
  const auto renamed = rename();
  CHECK(renamed.status == 429);
  CHECK(renamed.body["rule"] == "accounts.edits_per_hour");
  CHECK(std::stoi(renamed.header("Retry-After")) > 3000);
}

} // namespace tinybook::test
