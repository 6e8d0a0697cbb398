#include "tests/blackbox/cluster_test.hpp"

#include <array>
#include <string>
#include <utility>
#include <vector>

/// What one person may write and what all may send, where both replicas are asked.
namespace tinybook::test {

using nlohmann::json;

namespace {

/// The shared cluster with `limits`; the next case starts it with its usual ones.
class limited_cluster {
 public:
  explicit limited_cluster(std::initializer_list<const char*> limits) {
    std::vector<std::string> words;
    for (const auto* one : limits)
      words.insert(words.end(), {"--set", one});
    for (std::size_t i = 0; i < 2; ++i) {
      w_.kill(i);
      w_.start(i, words);
    }
    REQUIRE(w_.ready());
  }
  limited_cluster(const limited_cluster&) = delete;
  limited_cluster& operator=(const limited_cluster&) = delete;
  ~limited_cluster() {
    for (std::size_t i = 0; i < 2; ++i)
      w_.kill(i);
  }

  /// One person, on each replica.
  [[nodiscard]] std::array<client, 2> person(const std::string& name) {
    auto here = w_.person(name, 0);
    auto there = w_.same_person(here, 1);
    return {std::move(here), std::move(there)};
  }

  /// Saves `count` new articles at once, half of them on each replica, and gives what
  /// was answered. Who is told that too many saves are under way tries again.
  [[nodiscard]] std::vector<answer> save_at_once(const client& author, int count,
                                                 const std::string& content) {
    std::vector<answer> answers(static_cast<std::size_t>(count));
    at_once(count, [&](int i) {
      auto c = w_.same_person(author, static_cast<std::size_t>(i % 2));
      auto& last = answers.at(static_cast<std::size_t>(i));
      // Publishing and drafts in turn.
      const auto* path = i % 4 < 2 ? "/articles/publish" : "/articles/edit";
      do
        last = c.post(path, {{"title", "T"}, {"content", content}});
      while (last.error() == "rate_limited" || last.status == 503);
    });
    return answers;
  }

  cluster_world& operator*() const { return w_; }
  cluster_world* operator->() const { return &w_; }

 private:
  cluster_world& w_ = shared_cluster();
};

/// How many were saved; all others were refused by `rule`.
int saved(const std::vector<answer>& answers, const std::string& rule) {
  int count = 0;
  for (const auto& one : answers) {
    if (one.status == 200) {
      ++count;
      continue;
    }
    CHECK(one.status == 429);
    CHECK(one.error() == "quota_reached");
    CHECK(one.body["rule"] == rule);
  }
  return count;
}

/// How many articles `name` has and the bytes of their contents, as `from` tells it.
std::string totals_of(const cluster_world& w, const std::string& name,
                      const std::string& from) {
  return w.sql("SELECT " + from + " FROM users u WHERE u.email = '" + name
               + "@example.org'");
}

constexpr auto counted =
    "(SELECT count(*) || ' ' || coalesce(sum(octet_length(content)), 0) FROM articles "
    "WHERE author_id = u.id)";
constexpr auto kept =
    "(SELECT articles || ' ' || bytes FROM author_totals WHERE author_id = u.id)";

} // namespace

TEST_CASE("saves of one person are counted over both replicas, which both refuse the one "
          "too many") {
  limited_cluster w{"articles.saves_per_hour=4"};
  auto author = w.person("busy-author");
  const auto save = [&](std::size_t i, const char* path = "/articles/edit") {
    return author.at(i).post(path, {{"title", "T"}, {"content", "c"}});
  };
  for (std::size_t n = 0; n < 4; ++n)
    CHECK(save(n % 2, n < 2 ? "/articles/publish" : "/articles/edit").status == 200);
  for (std::size_t n = 0; n < 4; ++n) {
    const auto refused = save(n % 2, n < 2 ? "/articles/publish" : "/articles/edit");
    CHECK(refused.status == 429);
    CHECK(refused.body["rule"] == "articles.saves_per_hour");
    CHECK(std::stoi(refused.header("Retry-After")) > 3000);
  }
  auto other = w.person("calm-author");
  for (std::size_t i = 0; i < 2; ++i)
    CHECK(other.at(i).post("/articles/edit", {{"title", "T"}, {"content", "c"}}).status
          == 200);
}

TEST_CASE("likes of one person are counted over both replicas") {
  limited_cluster w{"articles.likes_per_minute=3"};
  auto reader = w.person("eager-reader");
  const auto id = w.person("author-of-one")[0]
                      .post("/articles/publish", {{"title", "T"}, {"content", "c"}})
                      .data();
  const auto like = [&](std::size_t n) {
    return reader.at(n % 2).post("/articles/like", {{"id", id}, {"like", n % 2 == 0}});
  };
  for (std::size_t n = 0; n < 3; ++n)
    CHECK(like(n).status == 200);
  for (std::size_t n = 0; n < 2; ++n) {
    CHECK(like(n).status == 429);
    CHECK(like(n).body["rule"] == "articles.likes_per_minute");
  }
}

TEST_CASE("articles that are saved on both replicas at once never are more than the "
          "bound") {
  limited_cluster w{"articles.max_per_person=5"};
  auto author = w.person("many-articles");
  CHECK(saved(w.save_at_once(author[0], 16, "c"), "articles.max_per_person") == 5);
  CHECK(totals_of(*w, "many-articles", counted) == "5 5\n");
  CHECK(totals_of(*w, "many-articles", kept) == "5 5\n");
  // Room that one replica makes is there on the other.
  const auto mine = author[0].post("/articles/list", json::object()).data();
  REQUIRE(mine.size() == 5);
  CHECK(author[0].post("/articles/delete", {{"id", mine[0]["id"]}}).status == 200);
  CHECK(saved(w.save_at_once(author[1], 4, "c"), "articles.max_per_person") == 1);
}

TEST_CASE("the bytes of articles that are saved on both replicas at once never are more "
          "than the bound") {
  limited_cluster w{"articles.max_bytes_per_person=100"};
  auto author = w.person("many-bytes");
  const std::string thirty(30, 'c');
  CHECK(saved(w.save_at_once(author[0], 12, thirty), "articles.max_bytes_per_person")
        == 3);
  CHECK(totals_of(*w, "many-bytes", counted) == "3 90\n");
  // Two that each grow by as much as is left.
  const auto mine = author[0].post("/articles/list", json::object()).data();
  REQUIRE(mine.size() == 3);
  std::array<int, 2> statuses{};
  at_once(2, [&](int n) {
    const auto i = static_cast<std::size_t>(n);
    statuses.at(i) = author.at(i)
                         .post("/articles/edit", {{"id", mine[i]["id"]},
                                                  {"title", "T"},
                                                  {"content", std::string(40, 'c')}})
                         .status;
  });
  CHECK(((statuses == std::array{200, 429}) || (statuses == std::array{429, 200})));
  CHECK(totals_of(*w, "many-bytes", counted) == "3 100\n");
  CHECK(totals_of(*w, "many-bytes", kept) == "3 100\n");
}

TEST_CASE("the ceiling of a day is reached on both replicas together, with the time to "
          "come back") {
  limited_cluster w{"codes.sends_per_day=6"};
  int sent = 0;
  for (std::size_t n = 0; n < 12; ++n)
    sent += w->browser(n % 2).send_code(w->new_phone()).status == 200 ? 1 : 0;
  CHECK(sent > 0);
  CHECK(sent <= 6);
  for (std::size_t i = 0; i < 2; ++i) {
    const auto refused = w->browser(i).send_code(w->new_phone());
    CHECK(refused.status == 429);
    CHECK(refused.body["rule"] == "codes.sends_per_day");
    CHECK(std::stoi(refused.header("Retry-After")) > 80'000);
  }
}

} // namespace tinybook::test
