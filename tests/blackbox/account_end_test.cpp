#include "tests/blackbox/fixture.hpp"

#include <chrono>
#include <csignal>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

/// Proofs before an account is opened to others, what operators do about people, and the
/// end of an account.
namespace tinybook::test {

using nlohmann::json;

namespace {

const std::string first_phone = "+8613800138000";
const std::string second_phone = "+8613800138001";

/// Waits until `holds`, a moment at most.
template <class Condition>
[[nodiscard]] bool soon(Condition holds) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{20};
  while (!holds())
    if (std::chrono::steady_clock::now() > until)
      return false;
  return true;
}

struct people : running_server {
  explicit people(std::vector<std::string> more = {}) : running_server(later{}) {
    options.insert(options.end(), more.begin(), more.end());
  }

  void run() {
    start();
    std::string token;
    std::getline(std::ifstream{folder.path() / "admin.token"}, token);
    op = std::make_unique<client>(admin());
    op->use_tokens(token, "");
  }
  /// As a crash, and again.
  void run_again() {
    process->kill_hard();
    run();
  }
  /// Starts it once more, and waits until it has killed itself at `label`.
  void run_into(const std::string& label) {
    process->kill_hard();
    process = std::make_unique<server_process>(
        TINYBOOK_BINARY, folder.path(), options,
        std::vector<std::string>{"KILL_POINT_AT=" + label});
    const auto status = process->wait_exit(std::chrono::seconds{20});
    CHECK_MESSAGE(status.value_or(0) == 128 + SIGKILL, label << " was not reached");
  }

  [[nodiscard]] std::int64_t publish(client& author, const std::string& title) {
    return author
        .post("/articles/publish", {{"title", title}, {"content", "<p>words</p>"}})
        .data();
  }
  [[nodiscard]] std::int64_t id_of(const std::string& name) {
    auto c = browser();
    CHECK(c.log_in(name + "@example.org", "correct horse").status == 200);
    return c.post("/users/export", json::object()).body["account"]["id"];
  }
  [[nodiscard]] std::vector<std::string> kinds_of(std::int64_t user) {
    std::vector<std::string> out;
    const auto trail =
        op->get("/admin/audit?limit=500&user=" + std::to_string(user)).data();
    for (const auto& entry : trail["items"])
      out.insert(out.begin(), entry["kind"].get<std::string>());
    return out;
  }
  [[nodiscard]] std::map<std::int64_t, std::int64_t> board() {
    std::map<std::int64_t, std::int64_t> out;
    const auto shown = browser().get("/articles/rank/100").data();
    for (const auto& row : shown["items"])
      out[row["id"]] = row["likeCnt"];
    return out;
  }
  /// The code behind `last`.
  [[nodiscard]] std::string other_code_for(const std::string& phone,
                                           const std::string& last) {
    std::string code;
    CHECK(soon([&] {
      code = code_for(phone);
      return code != last;
    }));
    return code;
  }
  answer act(const std::string& path) { return op->post(path, {{"reason", "a test"}}); }

  std::unique_ptr<client> op;
};

std::vector<std::string> with(std::initializer_list<const char*> assignments) {
  std::vector<std::string> out;
  for (const auto* one : assignments) {
    out.emplace_back("--set");
    out.emplace_back(one);
  }
  return out;
}

} // namespace

TEST_CASE("a stolen token is not the account: what opens it to others needs a proof") {
  people s{with({"accounts.step_up=1s", "codes.resend_interval=0s",
                 "login.failures_per_device=0"})};
  s.run();
  auto ann = s.person("ann");
  const auto bind = [&](const std::string& phone) {
    auto sent = ann.post("/users/phone/code/send", {{"phone", phone}});
    if (sent.status != 200)
      return sent;
    return ann.post("/users/phone/bind", {{"phone", phone}, {"code", s.code_for(phone)}});
  };
  CHECK(bind(first_phone).status == 200);
  const auto bound_by = s.code_for(first_phone);
  answer refused;
  REQUIRE(soon([&] {
    refused =
        ann.post("/users/phone/bind", {{"phone", second_phone}, {"code", "000000"}});
    return refused.status == 403;
  }));
  CHECK(refused.error() == "step_up_required");
  CHECK(refused.body["proofs"] == json{"password", "code"});
  for (const auto* path : {"/users/sessions/end", "/users/sessions/end_others",
                           "/users/export", "/users/delete"})
    CHECK_MESSAGE(ann.post(path, {{"id", "another"}}).error() == "step_up_required",
                  path);
  CHECK(ann.post("/users/password/change", {{"password", "another horse"}}).error()
        == "step_up_required");
  CHECK(ann.post("/users/step_up", {{"password", "wrong horse"}}).status == 401);

  CHECK(ann.post("/users/step_up/code/send", json::object()).status == 200);
  CHECK(ann.post("/users/step_up", {{"code", s.other_code_for(first_phone, bound_by)}})
            .status
        == 200);
  CHECK(ann.post("/users/phone/code/send", {{"phone", second_phone}}).status == 200);
  const auto code = s.code_for(second_phone);
  auto bob = s.person("bob");
  CHECK(bob.post("/users/phone/bind", {{"phone", second_phone}, {"code", code}}).error()
        == "wrong_code");
  CHECK(ann.post("/users/step_up", {{"password", "correct horse"}}).status == 200);
  CHECK(ann.post("/users/phone/bind", {{"phone", second_phone}, {"code", code}}).status
        == 200);
  CHECK(s.process->wait_output("已被更换", std::chrono::seconds{5}));

  std::set<std::string> kinds;
  const auto events = ann.get("/users/events?limit=50").data();
  for (const auto& event : events["items"])
    kinds.insert(event["kind"]);
  for (const auto* kind : {"sign_up", "log_in", "phone_bound", "step_up"})
    CHECK_MESSAGE(kinds.contains(kind), kind);
  CHECK(events.dump().find("13800138001") == std::string::npos);
}

TEST_CASE("a banned person is out at once, and back with everything when it is lifted") {
  people s;
  s.run();
  auto ann = s.person("ann");
  auto bob = s.person("bob");
  const auto ann_id = s.id_of("ann");
  const auto id = s.publish(ann, "One");
  CHECK(bob.post("/articles/like", {{"id", id}, {"like", true}}).status == 200);
  CHECK(soon([&] { return s.board().contains(id); }));
  const auto user = "/admin/users/" + std::to_string(ann_id);
  const auto article = "/admin/articles/" + std::to_string(id);

  CHECK(s.act(user + "/ban").status == 200);
  CHECK(ann.get("/users/profile").error() == "token_revoked");
  CHECK(ann.log_in("ann@example.org", "correct horse").error() == "account_banned");
  CHECK(bob.get("/articles/pub/" + std::to_string(id)).status == 404);
  CHECK(soon([&] { return !s.board().contains(id); }));
  CHECK(s.act(user + "/ban").error() == "wrong_state");
  CHECK(s.act(user + "/unban").status == 200);
  CHECK(ann.log_in("ann@example.org", "correct horse").status == 200);
  CHECK(soon([&] { return s.board()[id] == 1; }));

  CHECK(s.act(article + "/take_down").status == 200);
  CHECK(bob.get("/articles/pub/" + std::to_string(id)).status == 404);
  CHECK(ann.get("/articles/detail/" + std::to_string(id)).data()["takenDown"] == true);
  CHECK(ann.post("/articles/publish",
                 {{"id", id}, {"title", "One"}, {"content", "<p>more</p>"}})
            .error()
        == "article_taken_down");
  CHECK(s.act(article + "/put_back").status == 200);
  CHECK(bob.get("/articles/pub/" + std::to_string(id)).status == 200);

  const auto trail = s.op->get("/admin/audit?kind=account_banned").data()["items"].at(0);
  CHECK(trail["by"] == "admin");
  CHECK(trail["reason"] == "a test");
  CHECK(trail["user"] == ann_id);
}

TEST_CASE("who is banned may take their data, delete the account, and come back") {
  people s{with({"codes.resend_interval=0s"})};
  s.run();
  auto ann = s.person("ann");
  CHECK(ann.post("/users/phone/code/send", {{"phone", first_phone}}).status == 200);
  const auto bound_by = s.code_for(first_phone);
  CHECK(ann.post("/users/phone/bind", {{"phone", first_phone}, {"code", bound_by}}).status
        == 200);
  const auto user = "/admin/users/" + std::to_string(s.id_of("ann"));
  CHECK(s.publish(ann, "One") > 0);
  CHECK(s.act(user + "/ban").status == 200);
  CHECK(ann.post("/users/password/code/send", {{"phone", first_phone}}).status == 200);
  const auto reset = ann.post("/users/password/reset",
                              {{"phone", first_phone},
                               {"code", s.other_code_for(first_phone, bound_by)},
                               {"password", "another horse"}});
  CHECK(reset.status == 200);
  CHECK(reset.body["msg"].get<std::string>().find("banned") != std::string::npos);
  const auto enter = [&] {
    const auto refused = ann.log_in("ann@example.org", "another horse");
    CHECK(refused.status == 403);
    CHECK(refused.error() == "account_banned");
    CHECK(refused.header("X-Refresh-Token").empty());
    ann.use_tokens(refused.header("X-Jwt-Token"), "");
    return refused.body["msg"].get<std::string>();
  };
  CHECK(enter().find("/users/export") != std::string::npos);
  CHECK(ann.get("/users/profile").error() == "token_invalid");
  CHECK(ann.post("/users/edit", {{"nickname", "x"}}).error() == "token_invalid");
  const auto all = ann.post("/users/export", json::object()).body;
  CHECK(all["account"]["email"] == "ann@example.org");
  CHECK(all["articles"].size() == 1);
  CHECK(ann.post("/users/delete", json::object()).status == 200);
  CHECK(ann.post("/users/export", json::object()).error() == "token_revoked");
  CHECK(enter().find("taken back") != std::string::npos);
  CHECK(enter().find("taken back") == std::string::npos);
  CHECK(ann.post("/users/logout", json::object()).status == 200);
  CHECK(enter().find("/users/delete") != std::string::npos);
  CHECK(s.act(user + "/unban").status == 200);
  const auto since = ann.post("/users/delete", json::object());
  CHECK(since.error() == "token_revoked");
  CHECK(since.body["msg"].get<std::string>().find("lifted") != std::string::npos);
  CHECK(ann.log_in("ann@example.org", "another horse").status == 200);
  CHECK(ann.get("/users/profile").status == 200);
}

TEST_CASE(
    "the export holds what a person has done, and a deletion is taken back in time") {
  people s;
  s.run();
  auto ann = s.person("ann");
  auto bob = s.person("bob");
  const auto mine = s.publish(ann, "Mine");
  const auto theirs = s.publish(bob, "Theirs");
  CHECK(ann.post("/articles/like", {{"id", theirs}, {"like", true}}).status == 200);
  CHECK(ann.post("/articles/collect", {{"id", theirs}, {"cid", 3}}).status == 200);
  const auto all = ann.post("/users/export", json::object()).body;
  CHECK(all["account"]["email"] == "ann@example.org");
  REQUIRE(all["articles"].size() == 1);
  CHECK(all["articles"][0]["own"]["title"] == "Mine");
  CHECK(all["articles"][0]["public"]["content"] == "<p>words</p>");
  CHECK(all["likes"][0]["article"] == theirs);
  CHECK(all["collections"].size() == 1);
  CHECK(all["sessions"].size() == 1);
  CHECK(all["events"][0]["kind"] == "exported");
  CHECK(all.dump().find("argon2") == std::string::npos);

  CHECK(ann.post("/users/delete", json::object()).status == 200);
  CHECK(ann.get("/users/profile").error() == "token_revoked");
  CHECK(bob.get("/articles/pub/" + std::to_string(mine)).status == 404);
  s.run_again();
  CHECK(ann.log_in("ann@example.org", "correct horse").broken
        != httplib::Error::Success); // Of the server that was there.
  auto again = s.browser();
  CHECK(again.log_in("ann@example.org", "correct horse").body["msg"]
        == "You are logged in. The deletion of your account is taken back.");
  CHECK(again.get("/articles/pub/" + std::to_string(mine)).status == 200);
  CHECK(again.log_in("ann@example.org", "correct horse").body["msg"]
        == "You are logged in.");
}

TEST_CASE("an erasure that is killed at any of its steps is gone on with, to the end") {
  people s{with({"accounts.delete_grace=0s"})};
  s.run();
  auto ann = s.person("ann");
  auto bob = s.person("bob");
  const auto ann_id = s.id_of("ann");
  std::vector<std::int64_t> theirs;
  for (int i = 0; i < 3; ++i) {
    theirs.push_back(s.publish(bob, "Theirs"));
    CHECK(ann.post("/articles/like", {{"id", theirs.back()}, {"like", true}}).status
          == 200);
  }
  CHECK(bob.post("/articles/like", {{"id", theirs[0]}, {"like", true}}).status == 200);
  const auto mine = s.publish(ann, "Mine");
  CHECK(bob.post("/articles/like", {{"id", mine}, {"like", true}}).status == 200);
  CHECK(ann.post("/users/edit", {{"nickname", "Ann"}}).status == 200);
  CHECK(ann.post("/users/delete", json::object()).body["msg"]
        == "Your account is being erased. Nothing brings it back.");

  // Who it was, the likes, the articles; the account itself is left.
  for (const auto* label :
       {"before_erasure:1", "after_erasure:1", "before_erasure:2", "after_erasure:1"})
    s.run_into(label);
  s.run_again();
  REQUIRE(soon([&] { return s.kinds_of(ann_id).back() == "account_erased"; }));
  CHECK(s.browser().log_in("ann@example.org", "correct horse").error()
        == "wrong_credentials");
  auto reader = s.browser();
  CHECK(reader.get("/articles/pub/" + std::to_string(mine)).status == 404);
  CHECK(soon([&] {
    return s.board() == std::map<std::int64_t, std::int64_t>{{theirs[0], 1}};
  }));
  CHECK(s.op->get("/admin/ranking/all?source=database").data()["items"].size() == 1);
  const auto trail =
      s.op->get("/admin/audit?limit=500&user=" + std::to_string(ann_id)).data()["items"];
  for (const auto& entry : trail) {
    CHECK(entry["network"] == "");
    CHECK(entry["device"] == "");
  }
  CHECK(s.person("ann").get("/users/profile").status == 200); // The e-mail is free.
}

TEST_CASE("the trail is a stream of JSON, too") {
  const temporary_folder logs;
  const auto file = (logs.path() / "audit.log").string();
  people s{{"--set", "audit.log=" + file}};
  s.run();
  auto ann = s.person("ann");
  CHECK(s.browser().log_in("ann@example.org", "wrong horse").status == 401);
  CHECK(s.act("/admin/ranking/all/rebuild").status == 200);
  std::vector<json> lines;
  CHECK(soon([&] {
    lines.clear();
    std::ifstream in{file};
    for (std::string line; std::getline(in, line);)
      lines.push_back(json::parse(line));
    return lines.size() >= 4;
  }));
  REQUIRE(lines.size() == 4);
  CHECK(lines[0]["event"] == "sign_up");
  CHECK(lines[1]["event"] == "log_in");
  CHECK(lines[2]["event"] == "log_in_failed");
  CHECK(lines[3]["event"] == "operator_acted");
  CHECK(lines[3]["by"] == "admin");
  CHECK(lines[3]["reason"] == "a test");
  CHECK(lines[0]["user"] == lines[1]["user"]);
  CHECK((std::filesystem::status(file).permissions()
         & (std::filesystem::perms::group_all | std::filesystem::perms::others_all))
        == std::filesystem::perms::none);
}

TEST_CASE("a stream of the trail that cannot be written is told, and stops nobody") {
  people s{{"--set", "audit.log=/dev/full"}};
  s.run();
  auto ann = s.person("ann");
  CHECK(ann.get("/users/profile").status == 200);
  CHECK(soon([&] {
    const auto shown = s.op->get("/metrics").text;
    const auto at = shown.find("gauge=\"audit_lines_lost\"");
    return at != shown.npos && shown.substr(shown.find(' ', at), 3) == " 2\n";
  }));
}

TEST_CASE("wrong codes are in the own events, and those of nobody can be asked for") {
  people s;
  s.run();
  auto ann = s.person("ann");
  const auto tried = [&](const std::string& phone) {
    return s.browser()
        .post("/users/login_sms", {{"phone", phone}, {"code", "000000"}})
        .status;
  };
  CHECK(ann.post("/users/step_up", {{"password", "wrong horse"}}).status == 401);
  CHECK(tried(second_phone) == 401);
  CHECK(soon([&] {
    const auto events = ann.get("/users/events").data()["items"];
    return events[0]["kind"] == "step_up_failed" && events[0]["detail"] == "password";
  }));
  CHECK(soon([&] {
    const auto events = s.op->get("/admin/audit?user=0").data()["items"];
    return events.size() == 1 && events[0]["kind"] == "log_in_failed"
           && events[0]["detail"] == "code";
  }));
}

} // namespace tinybook::test
