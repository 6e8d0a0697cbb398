#include "config/phone_library.hpp"
#include "tests/config/support.hpp"

#include <doctest/doctest.h>
#include <phonenumbers/phonenumber.pb.h>

#include <algorithm>
#include <set>
#include <string>

namespace tinybook::config::testing {

using namespace std::chrono_literals;

namespace {

constexpr std::string_view secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

std::string webhook(std::string_view more) {
  return "[[sms.providers]]\nname = \"hook\"\nkind = \"webhook\"\n"
         "url = \"https://example.org/sms\"\n"
         + std::string{more};
}

} // namespace

TEST_CASE("providers keep the order of the file and replace the default one") {
  const auto loaded =
      load_text(webhook("weight = 3\ntimeout = \"2s\"\nroutes = [\"+86\"]\n")
                + "[[sms.providers]]\nname = \"out\"\nkind = \"console\"\n");
  REQUIRE_MESSAGE(loaded.ok(), all_text(loaded));
  const auto& providers = loaded.values.sms.providers;
  REQUIRE(providers.size() == 2);
  CHECK(providers[0].name == "hook");
  CHECK(providers[0].kind == provider_kind::webhook);
  CHECK(providers[0].weight == 3);
  CHECK(providers[0].timeout == 2s);
  CHECK(providers[0].routes == std::vector<std::string>{"+86"});
  CHECK(providers[0].enabled);
  CHECK(providers[1].name == "out");
  CHECK(providers[1].timeout == 5s);
  CHECK(providers[1].rate_per_second == 50);
}

TEST_CASE("a provider without name or kind is refused with the line of its table") {
  const auto loaded = load_text("\n[[sms.providers]]\nweight = 3\n");
  REQUIRE(loaded.errors.size() == 2);
  CHECK(loaded.errors[0].line == 2);
  CHECK(loaded.errors[0].key == "sms.providers[0].name");
  CHECK(holds(loaded.errors[0].message, "is missing"));
  CHECK(loaded.errors[1].key == "sms.providers[0].kind");
}

TEST_CASE("a misspelt key of a provider gets a suggestion") {
  const auto loaded = load_text(webhook("timout = \"2s\"\n"));
  REQUIRE(loaded.errors.size() == 1);
  CHECK(loaded.errors[0].line == 5);
  CHECK(holds(loaded.errors[0].text(), "did you mean \"timeout\"?"));
}

TEST_CASE("a route that no number can have is refused with what is allowed") {
  const auto good = load_text(webhook("routes = [\"+1876\", \"+77\", \"+8613\"]\n"));
  CHECK_MESSAGE(good.ok(), all_text(good));
  const auto bad = load_text(webhook("routes = [\"+86\", \"+999\"]\n"));
  REQUIRE(bad.errors.size() == 1);
  CHECK(bad.errors[0].line == 5);
  CHECK(holds(bad.errors[0].text(), "+999"));
  CHECK(holds(bad.errors[0].text(), "\"+1876\""));
}

TEST_CASE("a route is refused where no number of a person begins so") {
  for (const std::string route : {"+1000", "+11", "+860000", "+800", "+18885551234"}) {
    CAPTURE(route);
    const auto bad = load_text(webhook("routes = [\"" + route + "\"]\n"));
    REQUIRE(bad.errors.size() == 1);
    CHECK(holds(bad.errors[0].text(), "begins with \"" + route + '"'));
  }
  for (const std::string range : {"+11", "+110", "+1102"})
    CHECK(load_text("codes.extra_ranges = [\"" + range + "\"]\n"
                    + webhook("routes = [\"+110\"]\n"))
              .ok());
}

TEST_CASE("the beginning of a mobile number of any region is a route") {
  std::set<std::string> regions;
  config::phone_library().GetSupportedRegions(&regions);
  CHECK(regions.size() > 200);
  for (const auto& region : regions) {
    i18n::phonenumbers::PhoneNumber number;
    std::string e164;
    if (config::phone_library().GetExampleNumberForType(
            region, i18n::phonenumbers::PhoneNumberUtil::MOBILE, &number))
      config::phone_library().Format(number, i18n::phonenumbers::PhoneNumberUtil::E164,
                                     &e164);
    const auto country = 1 + std::to_string(number.country_code()).size();
    for (auto size = country; size < std::min(e164.size(), country + 3); ++size)
      CHECK_MESSAGE(config::some_number_begins_with(e164.substr(0, size)), e164);
  }
}

TEST_CASE("Aliyun gets no route to numbers that it would take for Chinese ones") {
  const auto loaded = load_text(
      "[[sms.providers]]\nname = \"a\"\nkind = \"aliyun\"\naccess_key_id = \"k\"\n"
      "secret = \"s\"\nsign_name = \"n\"\ntemplate_id = \"SMS_1\"\n"
      "routes = [\"+86\", \"+1862\"]\n");
  REQUIRE(loaded.errors.size() == 1);
  CHECK(loaded.errors[0].line == 8);
  CHECK(holds(loaded.errors[0].text(), "remove \"+1862\""));
}

TEST_CASE("two providers of one name are refused") {
  const auto loaded = load_text(webhook("") + webhook(""));
  REQUIRE(loaded.errors.size() == 1);
  CHECK(loaded.errors[0].line == 6);
}

TEST_CASE("a webhook without a url is refused") {
  const auto loaded = load_text("[[sms.providers]]\nname = \"a\"\nkind = \"webhook\"\n");
  REQUIRE(loaded.errors.size() == 1);
  CHECK(holds(loaded.errors[0].message, "needs a url"));
}

TEST_CASE("at least one provider must be enabled") {
  CHECK(holds(all_text(load_text(webhook("enabled = false\n"))), "must be enabled"));
  CHECK(holds(all_text(load_text("sms.providers = []\n")), "must be enabled"));
}

TEST_CASE("providers are set in the file only, and as tables") {
  CHECK(holds(all_text(load_set({"sms.providers.hook.weight=3"})), "set in the file"));
  CHECK(holds(all_text(load_text("sms.providers = \"console\"\n")), "[[sms.providers]]"));
  CHECK(holds(all_text(load_text("sms.providers = [1, 2]\n")), "[[sms.providers]]"));
  CHECK(
      holds(all_text(load_text("[sms.providers]\nname = \"a\"\n")), "[[sms.providers]]"));
}

TEST_CASE("a secret comes from the file, from a variable or from a file of its own") {
  const auto key = std::string{secret};
  const auto direct = load_text(webhook("secret = \"" + key + "\"\n"));
  CHECK(direct.values.sms.providers[0].secret == secret);

  const auto by_variable = load_text(webhook("secret_env = \"TINYBOOK_HOOK_SECRET\"\n"),
                                     {{"TINYBOOK_HOOK_SECRET", key}});
  CHECK_MESSAGE(by_variable.ok(), all_text(by_variable));
  CHECK(by_variable.values.sms.providers[0].secret == secret);

  const temporary_file file{key + "\r\nsecond line\n"};
  const auto by_file =
      load_text(webhook("secret_file = \"" + file.path().string() + "\"\n"));
  CHECK_MESSAGE(by_file.ok(), all_text(by_file));
  CHECK(by_file.values.sms.providers[0].secret == secret);
}

TEST_CASE("the passwords of the back ends may each come from a file of its own") {
  const temporary_file file{"s3cr3t\n"};
  const auto name = file.path().string();
  const auto loaded =
      load_set({"postgres.password_file=" + name, "redis.password_file=" + name});
  REQUIRE_MESSAGE(loaded.ok(), all_text(loaded));
  CHECK(loaded.values.postgres.password == "s3cr3t");
  CHECK(loaded.values.redis.password == "s3cr3t");
  const auto printed = print(loaded.values);
  CHECK_FALSE(holds(printed, "s3cr3t"));
  const auto again = load_text(printed);
  CHECK_MESSAGE(again.ok(), all_text(again));
  CHECK(again.values.redis.password == "s3cr3t");

  CHECK(holds(
      all_text(load(
          {{}, {{"TINYBOOK_REDIS_PASSWORD", "b"}}, {"redis.password_file=" + name}})),
      "give only one of redis.password and redis.password_file"));
  CHECK(holds(all_text(load_set({"redis.password_file=/nonexistent"})),
              "redis.password_file: the file \"/nonexistent\""));
  const temporary_file mask{"***\n"};
  CHECK(holds(all_text(load_set({"redis.password_file=" + mask.path().string()})),
              "is not allowed"));
}

TEST_CASE("a secret that is not there is an error that names where it was looked for") {
  CHECK(holds(all_text(load_text(webhook("secret_env = \"HOOK\"\n"))),
              "the variable HOOK is not set"));
  CHECK(holds(all_text(load_text(webhook("secret_file = \"/nonexistent\"\n"))),
              "\"/nonexistent\""));
  CHECK(holds(all_text(load_text(webhook("secret = \"a\"\nsecret_env = \"HOOK\"\n"))),
              "give only one of"));
}

TEST_CASE("the mask of a hidden secret is no secret, wherever it comes from") {
  constexpr auto why = "\"***\" is no secret";
  CHECK(holds(all_text(load_text(webhook("secret_env = \"TINYBOOK_HOOK_SECRET\"\n"),
                                 {{"TINYBOOK_HOOK_SECRET", "***"}})),
              why));
  const temporary_file file{"***\n"};
  CHECK(holds(
      all_text(load_text(webhook("secret_file = \"" + file.path().string() + "\"\n"))),
      why));
}

TEST_CASE("a secret is never printed, neither with the settings nor in an error") {
  const auto good = load_text(webhook("secret = \"" + std::string{secret} + "\"\n"),
                              {{"TINYBOOK_CODES_TEST_NUMBERS", "+8613800000001=493817"}});
  REQUIRE_MESSAGE(good.ok(), all_text(good));
  const auto text = print(good.values);
  CHECK_FALSE(holds(text, secret));
  CHECK_FALSE(holds(text, "493817"));
  CHECK_FALSE(holds(text, "13800000001"));
  CHECK(holds(text, "secret = \"***\""));
  CHECK(holds(text, "test_numbers = [\"***\"]"));

  const auto bad = load_text(webhook("secret = \"not-a-key-sOsO\"\n"),
                             {{"TINYBOOK_CODES_TEST_NUMBERS", "+8613800000001=49381"}});
  CHECK(bad.errors.size() == 2);
  CHECK_FALSE(holds(all_text(bad), "sOsO"));
  CHECK_FALSE(holds(all_text(bad), "49381"));
  CHECK_FALSE(holds(all_text(load_text(webhook("secret = [\"sOsO\"]\n"))), "sOsO"));
}

} // namespace tinybook::config::testing
