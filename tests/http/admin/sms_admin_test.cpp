#include "actors/sms/messages.hpp"
#include "http/api/error_texts.hpp"
#include "tests/http/api/api_world.hpp"

#include <doctest/doctest.h>

namespace tinybook::http {

using nlohmann::json;
using test::api_world;
using test::json_of;

namespace {

const std::string redrive_path = "/admin/sms/messages/42/redrive";
const std::string discard_path = "/admin/sms/messages/42/discard";
const std::string state_path = "/admin/providers/hook/state";

/// An action with the token.
httplib::Result act(api_world& w, const std::string& path, const json& body) {
  return w.admin().Post(path, w.bearer(w.admin_token), body.dump(), "application/json");
}

/// The field and the rule that a refusal names.
std::pair<std::string, std::string> refused(const httplib::Result& r) {
  CHECK(r->status == 400);
  auto fields = json_of(r)["fields"];
  REQUIRE(fields.size() == 1);
  return {fields[0]["field"], fields[0]["rule"]};
}

using field_and_rule = std::pair<std::string, std::string>;

} // namespace

TEST_CASE("a message is shown with its tries and reports, without phone or parameters") {
  api_world w;
  auto r = w.admin().Get("/admin/sms/messages/42");
  REQUIRE(r);
  auto m = json_of(r)["data"];
  CHECK(w.actors.last<storage::find_message>()->id == 42);
  CHECK(m["id"] == 42);
  CHECK(m["phone"] == "+86138****8000");
  CHECK(m["state"] == "dead");
  CHECK(m["purpose"] == "login");
  CHECK(m["prefix"] == "+86");
  CHECK(m["region"] == "CN");
  CHECK(m["tries"] == 1);
  CHECK(m["provider"] == "hook");
  CHECK(m["receipt"] == "failed");
  CHECK(m["createdAt"] == "2023-11-14T22:13:20.123Z");
  CHECK(m["finalizedAt"] == nullptr);
  CHECK(m["handled"] == nullptr);
  CHECK(m["attempts"][0]
        == json{{"provider", "hook"},
                {"outcome", "rejected"},
                {"code", "400"},
                {"text", "no such number ***"},
                {"startedAt", "2023-11-14T22:13:20.123Z"},
                {"tookMs", 12}});
  CHECK(m["receipts"][0]["code"] == "E7");
  CHECK(r->body.find("13800138000") == std::string::npos);
  CHECK(r->body.find("sealed-parameters") == std::string::npos);
}

TEST_CASE("the list takes its filters and tells where the next page begins") {
  api_world w;
  auto r = w.admin().Get("/admin/sms/messages");
  REQUIRE(r);
  CHECK(json_of(r)["data"]["items"][0]["id"] == 42);
  CHECK(json_of(r)["data"]["next"] == 42);
  auto asked = *w.actors.last<storage::list_messages>();
  CHECK(asked.states.empty());
  CHECK_FALSE(asked.with_handled);
  CHECK(asked.before == 0);
  CHECK(asked.limit == 20);
  for (const auto* prefix : {"86", "+86", "%2B86"}) {
    (void)w.admin().Get("/admin/sms/messages?state=dead,ready&provider=hook&purpose=login"
                        "&handled=1&before=42&limit=7&prefix="
                        + std::string{prefix});
    asked = *w.actors.last<storage::list_messages>();
    CHECK(asked.states
          == std::vector{storage::message_state::dead, storage::message_state::ready});
    CHECK(asked.provider == "hook");
    CHECK(asked.purpose == "login");
    CHECK(asked.country_prefix == "+86");
    CHECK(asked.with_handled);
    CHECK(asked.before == 42);
    CHECK(asked.limit == 7);
  }
}

TEST_CASE("bad filters are refused by name and rule") {
  api_world w;
  const auto why = [&](const std::string& query) {
    return refused(w.admin().Get("/admin/sms/messages?" + query));
  };
  CHECK(why("state=gone") == field_and_rule{"state", "not_one_of"});
  CHECK(why("limit=101") == field_and_rule{"limit", "out_of_range"});
  CHECK(why("limit=x") == field_and_rule{"limit", "wrong_type"});
  CHECK(why("before=0") == field_and_rule{"before", "out_of_range"});
  CHECK(why("handled=2") == field_and_rule{"handled", "out_of_range"});
  CHECK(why("purpose=" + std::string(65, 'x')) == field_and_rule{"purpose", "too_long"});
  CHECK(w.admin().Get("/admin/sms/messages/x")->status == 400);
}

TEST_CASE("redrive and discard go to the supervisor with who and why") {
  api_world w;
  auto r = act(w, redrive_path, {{"reason", " template was fixed "}});
  REQUIRE(r);
  CHECK(r->status == 200);
  CHECK(json_of(r)["data"]["id"] == 43);
  auto redriven = *w.actors.last<redrive_sms>();
  CHECK(redriven.id == 42);
  CHECK(redriven.action.by == "admin");
  CHECK(redriven.action.reason == "template was fixed");
  CHECK(act(w, discard_path, {{"reason", "gone"}})->status == 200);
  CHECK(w.actors.last<discard_sms>()->id == 42);
  CHECK(w.actors.last<discard_sms>()->action.reason == "gone");
}

TEST_CASE("the table of providers tells where each stands") {
  api_world w([](auto& s) {
    config::sms_provider hook;
    hook.name = "hook";
    hook.kind = config::provider_kind::webhook;
    s.sms.providers = {hook};
  });
  const auto r = w.admin().Get("/admin/providers");
  REQUIRE(r->status == 200);
  const auto table = json_of(r)["data"];
  REQUIRE(table.size() == 1);
  const auto& row = table[0];
  CHECK(row["name"] == "hook");
  CHECK(row["kind"] == "webhook");
  CHECK(row["circuit"] == "open");
  CHECK(row["circuitReason"] == "too many failures");
  CHECK(row["forced"] == "open");
  CHECK(row["forcedBy"] == "admin");
  CHECK(row["forcedUntil"] == nullptr);
  CHECK(row["pausedUntil"] == "2023-11-14T22:13:20.000Z");
  CHECK(row["inFlight"] == 2);
  CHECK(row["outcomes"]["delivered"] == 7);
  CHECK(row["outcomes"]["ambiguous"] == 0);
  CHECK(row["refusedRegions"]
        == json::array({{{"region", "JM"}, {"until", "2023-11-14T22:13:21.000Z"}}}));
}

TEST_CASE("a provider's state is forced, for a time or until it is lifted") {
  api_world w;
  const auto forced = [&] {
    return *w.actors.last<force_provider>();
  };
  CHECK(act(w, state_path, {{"state", "open"}, {"ttl", "10m"}, {"reason", "x"}})->status
        == 200);
  CHECK(forced().provider == "hook");
  CHECK(forced().state == forced_state::open);
  CHECK(forced().until == w.now + std::chrono::minutes{10});
  CHECK(forced().action.by == "admin");
  CHECK(act(w, state_path, {{"state", "metrics_only"}, {"reason", "x"}})->status == 200);
  CHECK(forced().state == forced_state::metrics_only);
  CHECK(forced().until == wall_time{});
  CHECK(act(w, state_path, {{"state", "closed"}, {"reason", "x"}})->status == 200);
  CHECK(forced().state == forced_state::closed);
  CHECK(act(w, state_path, {{"state", "auto"}, {"reason", "x"}})->status == 200);
  CHECK(forced().state == forced_state::none);
}

TEST_CASE("all providers are paused and let go under either name") {
  api_world w;
  for (const auto* name : {"all", "*", "%2A"}) {
    const auto path = "/admin/providers/" + std::string{name} + "/state";
    CHECK(act(w, path, {{"state", "open"}, {"reason", "x"}})->status == 200);
    CHECK(w.actors.last<force_provider>()->provider == "*");
    CHECK(act(w, path, {{"state", "auto"}, {"reason", "x"}})->status == 200);
    CHECK(refused(act(w, path, {{"state", "closed"}, {"reason", "x"}}))
          == field_and_rule{"state", "not_one_of"});
  }
}

TEST_CASE("an action needs a reason of at most 200 characters") {
  api_world w;
  for (const auto& path : {redrive_path, discard_path, state_path}) {
    const auto why = [&](json body) {
      body["state"] = "open";
      return refused(act(w, path, body));
    };
    CHECK(why(json::object()) == field_and_rule{"reason", "required"});
    CHECK(why({{"reason", ""}}) == field_and_rule{"reason", "required"});
    CHECK(why({{"reason", " 　"}}) == field_and_rule{"reason", "required"});
    CHECK(why({{"reason", std::string(201, 'x')}})
          == field_and_rule{"reason", "too_long"});
    CHECK(why({{"reason", 7}}) == field_and_rule{"reason", "wrong_type"});
  }
  CHECK_FALSE(w.actors.last<redrive_sms>());
  std::string longest;
  for (int i = 0; i < 200; ++i)
    longest += "因";
  CHECK(act(w, discard_path, {{"reason", longest}})->status == 200);
}

TEST_CASE("a state or time to live that makes no sense is refused") {
  api_world w;
  const auto why = [&](const char* state, const char* ttl) {
    return refused(act(w, state_path, {{"state", state}, {"ttl", ttl}, {"reason", "x"}}));
  };
  CHECK(why("half_open", "1m") == field_and_rule{"state", "not_one_of"});
  for (const auto* ttl : {"soon", "-1m", "10", ""}) {
    CAPTURE(ttl);
    CHECK(why("open", ttl) == field_and_rule{"ttl", "wrong_type"});
  }
  for (const auto* ttl : {"0s", "999ms", "31d"}) {
    CAPTURE(ttl);
    CHECK(why("open", ttl) == field_and_rule{"ttl", "out_of_range"});
  }
  const auto far =
      act(w, state_path, {{"state", "open"}, {"ttl", "31d"}, {"reason", "x"}});
  CHECK(far->body.find("the nearest allowed is 30d") != std::string::npos);
  CHECK(why("auto", "1m") == field_and_rule{"ttl", "not_supported"});
  CHECK(refused(act(w, state_path, {{"reason", "x"}}))
        == field_and_rule{"state", "required"});
  CHECK_FALSE(w.actors.last<force_provider>());
}

TEST_CASE("actions need the token on loopback, too, and reading does not") {
  api_world w;
  const std::string body = R"({"reason":"x","state":"open"})";
  for (const auto& path : {redrive_path, discard_path, state_path}) {
    CHECK(w.admin().Post(path, body, "application/json")->status == 401);
    CHECK(w.admin().Post(path, w.bearer("wrong"), body, "application/json")->status
          == 401);
  }
  CHECK_FALSE(w.actors.last<redrive_sms>());
  CHECK_FALSE(w.actors.last<force_provider>());
  CHECK(w.admin().Get("/admin/sms/messages")->status == 200);
  CHECK(w.client()
            .Post(redrive_path, w.bearer(w.admin_token), body, "application/json")
            ->status
        == 404);
}

TEST_CASE("what the supervisor refuses reaches the operator by name") {
  api_world w;
  for (auto why : {errc::message_not_found, errc::wrong_state, errc::message_expired,
                   errc::sms_pending, errc::unavailable}) {
    w.actors.fail = [why] {
      return std::optional{failure{why, "detail"}};
    };
    auto r = act(w, redrive_path, {{"reason", "x"}});
    CHECK(r->status == http_status(why));
    CHECK(json_of(r)["error"] == describe(why).name);
  }
}

TEST_CASE("every action is one line of the log with who, why and what") {
  api_world w;
  const auto lines = [&] {
    std::vector<json> out;
    std::istringstream text(w.log_text());
    for (std::string line; std::getline(text, line);)
      if (auto parsed = json::parse(line); parsed["event"] == "operator_action")
        out.push_back(std::move(parsed));
    return out;
  };
  (void)act(w, state_path, {{"state", "open"}, {"ttl", "10m"}, {"reason", "they asked"}});
  REQUIRE(lines().size() == 1);
  auto told = lines()[0];
  CHECK(told["who"] == "admin");
  CHECK(told["why"] == "they asked");
  CHECK(told["what"] == "/admin/providers/:name/state");
  CHECK(told["name"] == "hook");
  CHECK(told["state"] == "open");
  CHECK(told["ttl"] == "10m");
  CHECK(told["outcome"] == "done");

  w.actors.fail = [] {
    return std::optional{failure{errc::wrong_state}};
  };
  (void)act(w, redrive_path, {{"reason", "call 13800138000"}});
  told = lines().back();
  CHECK(told["outcome"] == "wrong_state");
  CHECK(told["id"] == "42");
  CHECK(told["why"] == "call ***");

  (void)act(w, redrive_path, json::object());
  CHECK(lines().back()["fields"] == "reason");
  (void)w.admin().Post(redrive_path, R"({"reason":"x"})", "application/json");
  CHECK(lines().back()["who"] == "unknown");
  CHECK(lines().back()["outcome"] == "admin_token_needed");
  CHECK(lines().size() == 4);
}

} // namespace tinybook::http
