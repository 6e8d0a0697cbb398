#include "tests/config/support.hpp"
#include "tests/support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

namespace tinybook::config::testing {

namespace {

std::string webhook_table(const std::string& more) {
  return "[[sms.providers]]\nname = \"hook\"\nkind = \"webhook\"\n" + more;
}

std::string warnings_of(const std::string& text) {
  const auto loaded = load_text(text);
  REQUIRE_MESSAGE(loaded.ok(), all_text(loaded));
  std::string all;
  for (const auto& one : loaded.values.warnings)
    all += one + '\n';
  return all;
}

} // namespace

TEST_CASE(
    "a secret on the command line is refused, with the ways that show it to nobody") {
  for (const auto* one : {"postgres.password=very-secret", "redis.password=very-secret",
                          "codes.test_numbers=+8613800000001=123456",
                          "postgres.url=postgresql://ann:very-secret@h/d",
                          "postgres.url=host=h password=very-secret",
                          "postgres.url=postgresql://h/d?sslpassword=very-secret",
                          "postgres.url=postgresql://h/d?p%61ssword=very-secret",
                          "postgres.url=postgresql://ann@h/d?%70assword=very-secret",
                          "postgres.url=postgresql://ann@x:very-secret@h/d",
                          "postgres.url=postgresql://ann:very-%secret@h/d",
                          "postgres.url=host=h password = 'very-secret'",
                          "postgres.url=user='a b' sslpassword=very-secret",
                          "abuse.webhook=https://h.example/check?token=very-secret",
                          "sms.public_url=https://h.example/?very-secret"}) {
    const auto refused = load_set({one});
    CHECK_FALSE_MESSAGE(refused.ok(), one);
    CHECK(holds(all_text(refused), "the list of processes"));
    CHECK(holds(all_text(refused), "TINYBOOK_"));
    CHECK_FALSE(holds(all_text(refused), "very-secret"));
  }
  CHECK(holds(all_text(load_set({"redis.password=x"})), "redis.password_file"));
  for (const auto* one : {"postgres.url=postgresql://ann@h:5432/d", "redis.password=",
                          "postgres.url=host=h user=ann", "codes.test_numbers=[]",
                          "postgres.url=postgresql://ann@h/password_db",
                          "postgres.url=postgresql://ann@h/d?application_name=a%3Ab@c",
                          "postgres.url=host=h dbname=password passfile=/p",
                          "postgres.url=postgresql://password@[::1]:5432/d",
                          "postgres.url=postgresql://%2Frun%2Fpostgresql/d",
                          "postgres.url=postgresql://h/d?sslmode=require",
                          "sms.public_url=https://h.example/sms"})
    CHECK_MESSAGE(load_set({one}).ok(), one);
}

TEST_CASE("what an attacker would look for is warned of, and is taken all the same") {
  const auto strong = "secret = \"whsec_" + std::string(32, 'a') + "\"\n";
  CHECK(holds(warnings_of(webhook_table("url = \"http://sms.example/x\"\n")),
              "sms.providers[0].url"));
  for (const auto* url : {"https://sms.example/x", "http://127.0.0.1:9/x",
                          "http://[::1]:9/x", "http://localhost/x"})
    CHECK(warnings_of(webhook_table("url = \"" + std::string{url} + "\"\n" + strong))
              .empty());
  const std::string safe = "url = \"https://sms.example/x\"\n";
  CHECK(holds(warnings_of(webhook_table(safe + "secret = \"whsec_c2hvcnQ=\"\n")),
              "24 bytes or more"));
}

TEST_CASE("an endpoint of verdicts has a key, a time within that of a request, and a "
          "safe way") {
  const auto abuse = [](const std::string& more) {
    return load_text("[abuse]\nwebhook = \"https://verdicts.example/x\"\n" + more);
  };
  const auto strong = "webhook_key = \"whsec_" + std::string(32, 'a') + "\"\n";
  const auto good = abuse(strong);
  REQUIRE_MESSAGE(good.ok(), all_text(good));
  CHECK(good.values.warnings.empty());
  CHECK(good.values.abuse.webhook_fails == hook_failure::open);
  CHECK_FALSE(holds(print(good.values), "aaaa"));
  CHECK(holds(all_text(abuse("")), "abuse.webhook needs abuse.webhook_key"));
  CHECK(holds(all_text(abuse("webhook_key = \"short\"\n")), "whsec_"));
  CHECK(holds(all_text(abuse(strong + "webhook_timeout = \"5s\"\n")),
              "abuse.webhook_timeout must be less than http.deadline"));
  CHECK(holds(warnings_of("[abuse]\nwebhook = \"http://verdicts.example/x\"\n" + strong),
              "abuse.webhook"));
  CHECK(warnings_of("[abuse]\nwebhook = \"http://127.0.0.1:9/x\"\n" + strong).empty());
  CHECK(holds(warnings_of("[abuse]\nwebhook_key = \"whsec_c2hvcnQ=\"\n"),
              "24 bytes or more"));
  const test::temporary_folder folder;
  const auto file = folder.path() / "key";
  std::ofstream{file} << "whsec_" << std::string(32, 'b') << '\n';
  const auto by_file = abuse("webhook_key_file = \"" + file.string() + "\"\n");
  REQUIRE_MESSAGE(by_file.ok(), all_text(by_file));
  CHECK(by_file.values.abuse.webhook_key == "whsec_" + std::string(32, 'b'));
}

TEST_CASE("a widget of the pages is set as a whole, and has who judges what it gives") {
  const auto with = [](const std::vector<std::string>& lines,
                       const std::string& hook = "webhook = \"https://v.example/x\"\n"
                                                 "webhook_key = \"whsec_"
                                                 + std::string(32, 'a') + "\"\n") {
    std::string text = "[abuse]\n" + hook;
    for (const auto& line : lines)
      text += line + '\n';
    return load_text(text);
  };
  const std::vector<std::string> four{
      R"(widget_script = "https://w.example/api.js")", R"(widget_class = "cf-turnstile")",
      R"(widget_site_key = "0x4AAA_-b")", R"(widget_field = "cf-turnstile-response")"};
  const auto good = with(four);
  REQUIRE_MESSAGE(good.ok(), all_text(good));
  CHECK(good.values.warnings.empty());
  CHECK(good.values.abuse.widget_field == "cf-turnstile-response");
  for (std::size_t left_out = 0; left_out < four.size(); ++left_out) {
    auto lines = four;
    lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(left_out));
    const auto name = "abuse." + four[left_out].substr(0, four[left_out].find(' '));
    CHECK(holds(errors_about(with(lines), name), "is missing: a widget needs"));
  }
  const std::string sources = R"(widget_sources = ["https://*.w.example"])";
  CHECK(holds(errors_about(with({sources}), "abuse.widget_script"), "is missing"));
  auto more = four;
  more.push_back(sources);
  CHECK(with(more).ok());
  CHECK(holds(errors_about(with(four, ""), "abuse.widget_script"),
              "abuse.widget_script needs abuse.webhook"));
  for (const auto* own : {"password", "csrf", "kept.phone"}) {
    auto lines = four;
    lines.back() = "widget_field = \"" + std::string{own} + '"';
    CHECK(
        holds(errors_about(with(lines), "abuse.widget_field"), "no field of the forms"));
  }
  for (const auto* line :
       {R"(widget_class = "a b")", R"(widget_class = "a\"")", R"(widget_site_key = "<")",
        R"(widget_field = "a&b")", R"(widget_script = "http://w.example/api.js")",
        R"(widget_sources = ["*"])"}) {
    const std::string name{"abuse."
                           + std::string{line}.substr(0, std::string{line}.find(' '))};
    CHECK_MESSAGE(holds(errors_about(with({line}), name), "use "), line);
  }
}

TEST_CASE("a configuration file that everybody may write into is warned of") {
  const temporary_file file{"[http]\nport = 8081\n"};
  const auto warned = [&](unsigned mode) {
    std::filesystem::permissions(file.path(), std::filesystem::perms{mode});
    const auto loaded = load({file.path(), {}, {}});
    REQUIRE(loaded.ok());
    const auto& all = loaded.values.warnings;
    return std::ranges::any_of(all, [](const std::string& one) {
      return holds(one, "everybody may write into the file");
    });
  };
  CHECK(warned(0666));
  CHECK(warned(0602));
  CHECK_FALSE(warned(0644));
  CHECK_FALSE(warned(0664));
}

TEST_CASE("a postgres.url that ends every start is refused with its place, and quotes no "
          "password") {
  for (const auto* url :
       {"nonsense", "http://h/db", "postgresql://u:very-secret%zz@h/db",
        "postgresql://u:very-secret@x@h/db", "postgresql://u:very/secret@h/db",
        "host=h nokey=very-secret"}) {
    const auto refused = load_text("[storage]\ndatabase = \"postgres\"\n[keys]\nfile = "
                                   "\"k\"\n[postgres]\nurl = \""
                                   + std::string{url} + "\"\n");
    CHECK_MESSAGE(holds(errors_about(refused, "postgres.url"), "use what libpq takes"),
                  std::string(url));
    CHECK(holds(all_text(refused), ":6: postgres.url"));
    CHECK_FALSE(holds(all_text(refused), "very"));
  }
  for (const auto* url :
       {"postgresql://ann:a%40b@h:5432,i:5433/d", "host=/run/postgresql",
        "postgres://%2Frun%2Fpostgresql/d?sslmode=require"})
    CHECK_MESSAGE(load_text("[postgres]\nurl = \"" + std::string{url} + "\"\n").ok(),
                  url);
}

TEST_CASE("a URL where a host is asked for is refused and not quoted") {
  for (const auto* url :
       {"redis://:very-secret@h:6379/0", "ann:very-secret@h", "h/very"}) {
    for (const auto& text :
         {"[redis]\nhost = \"" + std::string{url} + "\"\n",
          "[kafka]\nbrokers = [\"" + std::string{url} + ":9092\"]\n"}) {
      const auto refused = load_text(text);
      CHECK_FALSE_MESSAGE(refused.ok(), text);
      CHECK_FALSE_MESSAGE(holds(all_text(refused), "very"), all_text(refused));
    }
  }
  for (const auto* host : {"127.0.0.1", "::1", "redis.example", "my_redis", "localhost"})
    CHECK_MESSAGE(load_text("[redis]\nhost = \"" + std::string{host} + "\"\n").ok(),
                  host);
}

TEST_CASE("a file of certificates that is not there is warned of") {
  CHECK(holds(warnings_of("[abuse]\nwebhook_ca_file = \"/nowhere/ca\"\n"),
              "abuse.webhook_ca_file"));
}

TEST_CASE("certificates that nothing is compared with are warned of, wherever the mode "
          "and the file are given") {
  const test::temporary_folder folder;
  const auto ca = folder.path() / "ca";
  std::ofstream{ca} << "x";
  const auto idle = [&](const std::string& postgres) {
    const auto all = warnings_of("[postgres]\n" + postgres);
    CHECK(holds(all, "nothing is compared") == !all.empty());
    return !all.empty();
  };
  const auto file = "ca_file = \"" + ca.string() + "\"\n";
  const auto url = [](const std::string& query) {
    return "url = \"postgresql://h/d?" + query + "\"\n";
  };
  CHECK(idle(file));
  CHECK(idle(file + "sslmode = \"prefer\"\n"));
  CHECK_FALSE(idle(file + "sslmode = \"verify-ca\"\n"));
  CHECK_FALSE(
      idle(file + "sslmode = \"require\"\n")); // As verify-ca, where there is one.
  CHECK_FALSE(idle(file + url("sslmode=verify-full")));
  CHECK_FALSE(idle(file + url("ssl%6Dode=verify-full")));
  CHECK(idle(file + url("sslmode=verify-full") + "sslmode = \"disable\"\n"));
  CHECK(idle(url("sslrootcert=/ca")));
  CHECK(idle("url = \"host=h sslrootcert=/ca sslmode=prefer\"\n"));
  CHECK_FALSE(idle(url("sslrootcert=/ca") + "sslmode = \"verify-full\"\n"));
  CHECK_FALSE(idle(url("sslmode=disable")));

  const auto kafka = [&](const std::string& more) {
    return warnings_of("[kafka]\n" + file + more);
  };
  for (const auto* open :
       {"", "security_protocol = \"sasl_plaintext\"\nusername = \"a\"\n"
            "password = \"b\"\n"})
    CHECK(holds(kafka(open), "kafka.ca_file: nothing is compared"));
  CHECK_FALSE(holds(kafka("security_protocol = \"ssl\"\n"), "nothing is compared"));
  const auto hook = [&](const std::string& webhook) {
    return warnings_of("[abuse]\nwebhook = \"" + webhook + "\"\nwebhook_key = \"whsec_"
                       + std::string(32, 'a') + "\"\nwebhook_ca_file = \"" + ca.string()
                       + "\"\n");
  };
  CHECK(holds(hook("http://127.0.0.1:9/x"), "nothing is compared"));
  CHECK(hook("https://127.0.0.1:9/x").empty());
}

TEST_CASE("how Kafka is spoken to goes together") {
  const auto kafka = [](const std::string& more) {
    return load_text("allow_insecure = true\n[keys]\nfile = \"k\"\n[events]\nbus = "
                     "\"kafka\"\n[kafka]\n"
                     + more);
  };
  const auto lost = kafka("security_protocol = \"ssl\"\nca_file = \"/nowhere/ca\"\n");
  REQUIRE(lost.ok());
  CHECK(lost.values.warnings.size() == 1);
  const std::string person = "username = \"ann\"\npassword = \"very-secret\"\n";
  const auto good = kafka("security_protocol = \"sasl_ssl\"\nsasl_mechanism = "
                          "\"SCRAM-SHA-512\"\n"
                          + person);
  REQUIRE_MESSAGE(good.ok(), all_text(good));
  CHECK(good.values.kafka.sasl == sasl_kind::scram_sha_512);
  CHECK(good.values.warnings.empty());
  CHECK_FALSE(holds(print(good.values), "very-secret"));
  CHECK(holds(all_text(kafka("security_protocol = \"sasl_ssl\"\n")), "kafka.username"));
  CHECK(holds(all_text(kafka(person)), "sasl_plaintext"));
  CHECK(kafka("security_protocol = \"sasl_plaintext\"\n" + person).values.warnings.size()
        == 1);
  CHECK(holds(all_text(load_text("[postgres]\nsslmode = \"always\"\n")), "verify-full"));
}

TEST_CASE("a file of a secret that others may read is warned of") {
  const test::temporary_folder folder;
  const auto file = folder.path() / "password";
  std::ofstream(file) << "secret\n";
  const auto text = "[redis]\npassword_file = \"" + file.string() + "\"\n";
  std::filesystem::permissions(file, std::filesystem::perms{0644});
  CHECK(holds(warnings_of(text), "open to others"));
  CHECK_FALSE(holds(warnings_of(text), "secret\n"));
  std::filesystem::permissions(file, std::filesystem::perms{0600});
  CHECK(warnings_of(text).empty());
}

TEST_CASE("a configuration file with a secret that others may read is warned of") {
  const test::temporary_folder folder;
  const auto file = folder.path() / "tinybook.toml";
  const auto warnings = [&](const std::string& text, unsigned mode) {
    std::ofstream(file) << text;
    std::filesystem::permissions(file, std::filesystem::perms{mode});
    const auto loaded = load({file, {}, {}});
    REQUIRE_MESSAGE(loaded.ok(), all_text(loaded));
    std::string all;
    for (const auto& one : loaded.values.warnings)
      all += one + '\n';
    return all;
  };
  const std::string with_secret = "[redis]\npassword = \"very-secret\"\n";
  CHECK(holds(warnings(with_secret, 0644), "open to others"));
  CHECK_FALSE(holds(warnings(with_secret, 0644), "very-secret"));
  CHECK(warnings(with_secret, 0600).empty());
  CHECK(warnings("[redis]\npassword = \"\"\n", 0644).empty());
  CHECK(holds(warnings(webhook_table("url = \"https://h/x\"\nreceipt_secret = "
                                     "\"12345678901\"\n"),
                       0644),
              "sms.providers[0].receipt_secret"));
}

TEST_CASE("a data folder that its group may write into is warned of") {
  const test::temporary_folder folder;
  const auto text = "[storage]\npath = \"" + folder.path().string() + "\"\n";
  std::filesystem::permissions(folder.path(), std::filesystem::perms{0770});
  CHECK(holds(warnings_of(text), "may write into it"));
  std::filesystem::permissions(folder.path(), std::filesystem::perms{0750});
  CHECK(warnings_of(text).empty());
}

TEST_CASE(
    "the query of a URL is not printed, and what is printed in its place is refused") {
  const auto given =
      load_text(webhook_table("url = \"https://sms.example/x?token=abc\"\n"));
  REQUIRE(given.ok());
  const auto text = print(given.values);
  CHECK_FALSE(holds(text, "abc"));
  CHECK(holds(text, "\"https://sms.example/x?***\""));
  CHECK_FALSE(load_text(text).ok());
}

} // namespace tinybook::config::testing
