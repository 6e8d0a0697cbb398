#include "tests/blackbox/cluster_load.hpp"
#include "tests/blackbox/fixture.hpp"
#include "tests/blackbox/simulated_providers.hpp"

#include <algorithm>
#include <map>

namespace tinybook::test {

namespace {

/// How often a message for `phone` was accepted.
std::ptrdiff_t sends_to(const provider_simulator& provider, const std::string& phone) {
  const auto accepted = provider.accepted();
  return std::ranges::count_if(
      accepted, [&](const request_seen& r) { return r.sms.phone == phone; });
}

outcome run_restore(cluster_world& w, std::size_t i,
                    const std::vector<std::string>& more = {}) {
  std::vector<std::string> words{"restore"};
  words.insert(words.end(), more.begin(), more.end());
  auto& process = w.launch(i, words);
  const auto code = process.wait_exit();
  return {code.value_or(-1), process.standard_output(), process.standard_error()};
}

/// The likes of every article that a board shows, by its rows.
std::map<std::int64_t, std::int64_t> likes_by_rows(const cluster_world& w) {
  std::istringstream lines(
      w.sql("SELECT article_id || ' ' || count(*) FROM likes JOIN published_articles "
            "ON id = article_id GROUP BY article_id ORDER BY count(*) DESC LIMIT 100"));
  std::map<std::int64_t, std::int64_t> out;
  std::int64_t id = 0;
  for (std::int64_t likes = 0; lines >> id >> likes;)
    out[id] = likes;
  return out;
}

} // namespace

TEST_CASE("a dump that was taken under load is served from, with nothing of what came "
          "later in Redis and Kafka") {
  cluster_world w;
  for (std::size_t i = 0; i < 2; ++i)
    w.start(i);
  REQUIRE(w.ready());
  const temporary_folder folder;
  std::filesystem::permissions(folder.path(), std::filesystem::perms{0777});
  const auto file = folder.path() / "dump";
  const std::string waiting = "+447400123456";
  const auto used = w.new_phone();
  auto reader = w.browser(0);
  REQUIRE(reader.send_code(used).status == 200);
  const auto code = w.code_for(used);
  auto author = w.person("author");
  const auto kept = w.article_of(author, "Kept");
  REQUIRE(author.post("/articles/like", {{"id", kept}, {"like", true}}).status == 200);
  {
    cluster_load load{w, "backup"};
    load.run_on({0, 1});
    REQUIRE(load.goes_on(50, 20s));
    w.provider.behave("0s fail for=+44");
    REQUIRE(w.browser(1).send_code(waiting).status == 200);
    w.postgres.dump("tinybook", file);
    // The later life.
    w.provider.behave("0s ok");
    REQUIRE(w.provider.wait_for(
        [&](const auto& seen) { return accepted_for(seen, waiting); }, 20s));
    CHECK(reader.log_in_by_code(used, code).status == 200);
    const auto lost = w.article_of(author, "Lost");
    for (std::size_t i = 0; i < 2; ++i)
      CHECK(author.post("/articles/like", {{"id", lost}, {"like", i == 0}}).status
            == 200);
    CHECK(author.post("/articles/like", {{"id", kept}, {"like", false}}).status == 200);
    REQUIRE(load.goes_on(50, 20s));
  }
  const auto early = run_restore(w, 2);
  CHECK(early.code == 1);
  CHECK_MESSAGE(says(early.errors, "replicas are at work"), early.errors);
  for (std::size_t i = 0; i < 2; ++i)
    w.stop(i);

  w.postgres.create_database("empty");
  const auto nothing = run_restore(
      w, 2,
      {"--set", "postgres.url=postgresql://" + postgres_server::user()
                    + "@127.0.0.1:" + std::to_string(w.postgres.port()) + "/empty"});
  CHECK(nothing.code == 1);
  CHECK_MESSAGE(says(nothing.errors, "restore it by pg_restore first"), nothing.errors);
  w.postgres.restore("tinybook", file);
  const auto done = run_restore(w, 2);
  REQUIRE_MESSAGE(done.code == 0, done.errors);
  CHECK_MESSAGE(says(done.output, "codes no longer verify"), done.output);
  CHECK_MESSAGE(says(done.output, "Redis: "), done.output);
  CHECK_MESSAGE(says(done.output, "Kafka: "), done.output);
  w.kill(2);
  for (std::size_t i = 0; i < 2; ++i)
    w.start(i);
  REQUIRE(w.ready());
  const auto rows = likes_by_rows(w);
  CHECK(rows.contains(kept));
  for (std::size_t i = 0; i < 2; ++i)
    CHECK_MESSAGE(becomes(20s, [&] { return board_of(w, i) == rows; }), "replica " << i);
  // Events go their way as before.
  auto again = w.browser(0);
  REQUIRE(again.log_in("author@example.org", "correct horse").status == 200);
  REQUIRE(again.post("/articles/like", {{"id", kept}, {"like", false}}).status == 200);
  CHECK(becomes(20s, [&] { return !board_of(w, 1).contains(kept); }));
  CHECK(w.browser(1).log_in_by_code(used, code).error() == "wrong_code");
  const auto fresh = w.new_phone();
  REQUIRE(w.browser(0).send_code(fresh).status == 200);
  CHECK_FALSE(w.code_for(fresh).empty());
  CHECK(sends_to(w.provider, waiting) == 1);
}

TEST_CASE("everything goes from SQLite to PostgreSQL, and is served from there") {
  postgres_server postgres;
  postgres.create_database("moved");
  provider_simulator provider{{.kind = dialect_kind::webhook}};
  const temporary_folder elsewhere;
  running_server server{running_server::later{}};
  server.options.insert(
      server.options.end(),
      {"--config", write_config(elsewhere.path(), provider_table(provider, "hook"))});
  server.start();
  auto ann = server.person("ann");
  auto bob = server.person("bob");
  REQUIRE(ann.post("/users/edit", {{"nickname", "안나 \\\"é"},
                                   {"birthday", "1990-02-28"},
                                   {"aboutMe", "one\ntwo\t'three' \\N"}})
              .status
          == 200);
  const auto publish = [](client& c, const std::string& title) {
    return c.post("/articles/publish", {{"title", title}, {"content", "<p>words</p>"}})
        .data()
        .get<std::int64_t>();
  };
  const auto liked = publish(ann, "好天气 \U0001F600");
  const auto withdrawn = publish(ann, "away");
  REQUIRE(ann.post("/articles/withdraw", {{"id", withdrawn}}).status == 200);
  REQUIRE(bob.post("/articles/like", {{"id", liked}, {"like", true}}).status == 200);
  REQUIRE(bob.post("/articles/collect", {{"id", liked}, {"cid", 3}}).status == 200);
  const std::string phone = "+8613800138000";
  provider.behave("0s fail");
  REQUIRE(server.browser().send_code(phone).status == 200);

  // The URL stands in the list of processes; the password does not.
  const auto url = "postgresql://" + postgres_server::user()
                   + "@127.0.0.1:" + std::to_string(postgres.port()) + "/moved";
  const auto migrate = [&] {
    return run_tinybook(server.folder.path(), {"migrate", "--to", url},
                        {"TINYBOOK_POSTGRES_PASSWORD=" + postgres_server::password()});
  };
  const auto early = migrate();
  CHECK(early.code == 1);
  CHECK_MESSAGE(says(early.errors, "is in use by process"), early.errors);
  server.process->signal(SIGTERM);
  REQUIRE(server.process->wait_exit() == 0);
  const auto keys = server.folder.path() / "keys.json";
  std::filesystem::rename(keys, elsewhere.path() / "keys");
  const auto keyless = migrate();
  CHECK(keyless.code == 1);
  CHECK_MESSAGE(says(keyless.errors, "keys.json is missing"), keyless.errors);
  std::filesystem::rename(elsewhere.path() / "keys", keys);
  const auto done = migrate();
  REQUIRE_MESSAGE(done.code == 0, done.errors);
  CHECK_MESSAGE(says(done.output, " 2 users\n"), done.output);
  CHECK_MESSAGE(says(done.output, "the same rows and checksum"), done.output);
  CHECK_MESSAGE(says(done.errors, "users: 2 of 2 rows"), done.errors);
  const auto twice = migrate();
  CHECK(twice.code == 1);
  CHECK_MESSAGE(says(twice.errors, "is not empty: table users has rows"), twice.errors);

  const auto moved = run_tinybook(server.folder.path(), {});
  CHECK(moved.code == 1);
  CHECK_MESSAGE(says(moved.errors, "was moved to PostgreSQL"), moved.errors);
  provider.behave("0s ok");
  for (const auto& assignment : {std::string{"storage.database=postgres"},
                                 "postgres.url=" + url, "keys.file=" + keys.string()}) {
    server.options.emplace_back("--set");
    server.options.push_back(assignment);
  }
  server.process = std::make_unique<server_process>(
      TINYBOOK_BINARY, elsewhere.path() / "replica", server.options,
      std::vector{"TINYBOOK_POSTGRES_PASSWORD=" + postgres_server::password()});
  REQUIRE_MESSAGE(server.process->wait_ready(), server.process->standard_error());
  auto again = server.browser();
  again.use_tokens(ann.access(), ann.refresh());
  const auto profile = again.get("/users/profile");
  CHECK(profile.body["Nickname"] == "안나 \\\"é");
  CHECK(profile.body["AboutMe"] == "one\ntwo\t'three' \\N");
  const auto read = again.get("/articles/pub/" + std::to_string(liked));
  CHECK(read.data()["title"] == "好天气 \U0001F600");
  CHECK(read.data()["likeCnt"] == 1);
  CHECK(read.data()["collectCnt"] == 1);
  CHECK(again.get("/articles/pub/" + std::to_string(withdrawn)).status == 404);
  CHECK(publish(again, "next") == withdrawn + 1);
  REQUIRE(provider.wait_for([&](const auto& seen) { return accepted_for(seen, phone); },
                            20s));
  CHECK(server.browser()
            .log_in_by_code(phone, code_for_phone(provider.seen(), phone))
            .status
        == 200);
}

} // namespace tinybook::test
