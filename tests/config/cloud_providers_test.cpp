#include "tests/config/support.hpp"

#include <doctest/doctest.h>

#include <map>

namespace tinybook::config::testing {

namespace {

constexpr std::string_view access_secret = "Gu5t9xGARNpq86cd98joQYCN3example";

using fields = std::map<std::string, std::string>;

/// Every field that a provider of the kind must have.
fields complete(const std::string& kind) {
  if (kind == "twilio")
    return {{"account_sid", "AC0123"},
            {"secret", std::string{access_secret}},
            {"from", "+15005550006"}};
  fields all{{"access_key_id", "AKID1"},
             {"secret", std::string{access_secret}},
             {"sign_name", "tinybook"},
             {"template_id", "1110"}};
  if (kind == "tencent")
    all["app_id"] = "1400006666";
  return all;
}

std::string table(const std::string& kind, const fields& values,
                  const std::string& more = "") {
  auto text = "[[sms.providers]]\nname = \"cloud\"\nkind = \"" + kind + "\"\n";
  for (const auto& [key, value] : values)
    text += key + " = \"" + value + "\"\n";
  return text + more;
}

std::string errors_of(const std::string& kind, const std::string& more) {
  return all_text(load_text(table(kind, complete(kind), more)));
}

} // namespace

TEST_CASE("each cloud provider starts with what it needs and no more") {
  for (const auto* kind : {"tencent", "aliyun", "twilio"}) {
    const auto loaded = load_text(table(kind, complete(kind)));
    CHECK_MESSAGE(loaded.ok(), all_text(loaded));
  }
}

TEST_CASE("each field that a cloud provider lacks is named in one start error") {
  for (const std::string kind : {"tencent", "aliyun", "twilio"})
    for (const auto& [missing, value] : complete(kind)) {
      CAPTURE(kind);
      CAPTURE(missing);
      auto rest = complete(kind);
      rest.erase(missing);
      const auto loaded = load_text(table(kind, rest));
      REQUIRE(loaded.errors.size() == 1);
      CHECK(holds(loaded.errors[0].message, "\"" + kind + "\" needs " + missing));
    }
}

TEST_CASE("a messaging service stands in for Twilio's number") {
  auto values = complete("twilio");
  values.erase("from");
  values["messaging_service_sid"] = "MG0123";
  CHECK(load_text(table("twilio", values)).ok());
}

TEST_CASE("an incomplete cloud provider may stand in the file while it is disabled") {
  for (const auto* kind : {"tencent", "aliyun", "twilio"}) {
    const auto loaded =
        load_text(table(kind, {}, "enabled = false\n")
                  + "[[sms.providers]]\nname = \"out\"\nkind = \"console\"\n");
    CHECK_MESSAGE(loaded.ok(), all_text(loaded));
  }
}

TEST_CASE("a secret that is not where its key says is one error, not two") {
  auto values = complete("tencent");
  values.erase("secret");
  values["secret_env"] = "CLOUD_SECRET";
  const auto loaded = load_text(table("tencent", values));
  REQUIRE(loaded.errors.size() == 1);
  CHECK(holds(loaded.errors[0].message, "the variable CLOUD_SECRET is not set"));
}

TEST_CASE("a template takes the code and, if it wants them, the minutes") {
  CHECK(errors_of("tencent", "template_params = [\"code\"]\n").empty());
  CHECK(errors_of("aliyun", "template_params = [\"minutes\", \"code\"]\n").empty());
  for (const auto* bad : {"[]", "[\"minutes\"]", "[\"code\", \"name\"]"})
    CHECK(holds(errors_of("aliyun", "template_params = " + std::string{bad} + "\n"),
                "template_params must hold"));
}

TEST_CASE("a cloud provider's url has no query: its own parameters go there") {
  CHECK(errors_of("aliyun", "url = \"http://127.0.0.1:8081\"\n").empty());
  CHECK(holds(errors_of("aliyun", "url = \"https://example.org/?a=b\"\n"),
              "must have no query"));
}

TEST_CASE("a receipt secret can stand in a path and is not short") {
  CHECK(errors_of("tencent", "receipt_secret = \"aB3-._~x\"\n").empty());
  for (const auto* bad : {"short", "has/slash", "has space", "per%20cent"})
    CHECK(holds(errors_of("tencent", "receipt_secret = \"" + std::string{bad} + "\"\n"),
                "receipt_secret becomes part of a path"));
}

TEST_CASE("no error about a cloud provider shows a secret") {
  const auto text = errors_of("twilio", "receipt_secret = \"s3cr/et-1\"\nurl = \"x\"\n");
  CHECK(!text.empty());
  CHECK(!holds(text, access_secret));
  CHECK(!holds(text, "s3cr/et-1"));
}

} // namespace tinybook::config::testing
