#include "config/text_rules.hpp"

#include <doctest/doctest.h>

#include <initializer_list>

namespace tinybook::config::rules {

namespace {

void check(bool (*rule)(std::string_view), std::initializer_list<std::string_view> good,
           std::initializer_list<std::string_view> bad) {
  for (const auto text : good)
    CHECK_MESSAGE(rule(text), text);
  for (const auto text : bad)
    CHECK_MESSAGE(!rule(text), text);
}

} // namespace

TEST_CASE("an address is numeric") {
  check(is_ip_address, {"127.0.0.1", "::1", "0.0.0.0", "fd00::12"},
        {"", "localhost", "127.0.0", "127.0.0.256", "::1%lo", "[::1]", "1.2.3.4 "});
}

TEST_CASE("a network is an address with a length that fits it") {
  check(is_cidr,
        {"10.0.0.0/8", "0.0.0.0/0", "10.1.2.3/32", "fd00::/8", "::/128", "10.0.0.1"},
        {"", "10.0.0.0/33", "fd00::/129", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/8x", "/8",
         "banana/8", "10.0.0.0/99999999999999999999"});
}

TEST_CASE("an origin is exact, as browsers send it") {
  check(is_origin,
        {"http://localhost:3000", "https://example.org", "http://127.0.0.1:1",
         "http://[::1]:3000", "https://[::1]", "http://[::ffff:102:304]",
         "http://my_app:3000"},
        {"",
         "*",
         "null",
         "example.org",
         "http://",
         "http://a.org/",
         "http://a.org/x",
         "http://a.org:0",
         "http://a.org:65536",
         "http://a.org:",
         "http://u:p@a.org",
         "ftp://a.org",
         "http://*.org",
         "http://[::1",
         "http://a b.org",
         "https://EXAMPLE.org",
         "HTTPS://example.org",
         "https://example.org:443",
         "http://example.org:80",
         "https://[::1]:443",
         "https://a.org:0444",
         "https://127.1",
         "https://0x7f.1",
         "https://[0:0::1]",
         "http://[::ffff:1.2.3.4]",
         "http://[::1.2.3.4]",
         "http://1.2.3.04",
         "https://b\u00fccher.example"});
  check(is_origin, {"https://example.org:80", "http://example.org:443"}, {});
}

TEST_CASE("a url is http or https and holds no credentials") {
  check(is_url, {"", "http://127.0.0.1:9000/sms", "https://example.org/hook?a=b"},
        {"example.org", "ftp://a.org/", "http://user:pass@a.org/", "http:///x",
         "http://a.org/a b", "http://a.org/\n", "http://a.org/#part"});
}

TEST_CASE("what a widget is loaded from is https, and fits into a content policy") {
  check(is_widget_script,
        {"", "https://challenges.cloudflare.com/turnstile/v0/api.js",
         "https://www.recaptcha.net/recaptcha/api.js?hl=en",
         "https://127.0.0.1:8443/w.js", "https://example.org"},
        {"http://example.org/w.js", "//example.org/w.js", "/w.js",
         "https://Example.org/w.js", "https://example.org:443/w.js",
         "https://ann@example.org/w.js", "https://example.org/w.js#a",
         "https://example.org;/w.js", "https://example.org/a b",
         "https://*.example.org/"});
  check(is_widget_source,
        {"https://hcaptcha.com", "https://*.hcaptcha.com",
         "https://www.gstatic.com/recaptcha/", "https://example.org:8443/a-b/c_d.js",
         "https://127.0.0.1:8443"},
        {"",
         "*",
         "https:",
         "https://",
         "https://*",
         "https://*.com",
         "https://*.",
         "http://example.org",
         "'unsafe-inline'",
         "blob:",
         "https://example.org/;x",
         "https://example.org; script-src *",
         "https://example.org, x",
         "https://example.org/a%3b",
         "https://example.org/'",
         "https://example.org/\n",
         "https://example.org?a",
         "https://a.*.example.org",
         "https://Example.org",
         "https://ann@example.org"});
}

TEST_CASE("a country prefix starts with a plus") {
  check(is_number_prefix,
        {"+86", "+1", "+1242", "+1876", "+77", "+7701", "+8613800138000"},
        {"", "+", "86", "+086", "+8a", "CN", "+999", "+9", "+21", "+86138001380001234"});
}

TEST_CASE("a test number is a phone in E.164 with six digits") {
  check(is_test_number, {"+8613800000001=123456"},
        {"", "+8613800000001", "+8613800000001=12345", "+8613800000001=1234567",
         "8613800000001=123456", "+=123456", "+86138x0000001=123456", "=123456"});
}

TEST_CASE("a provider's name fits into paths and metrics") {
  check(is_provider_name, {"console", "tencent-1", "a_b"},
        {"", "Tencent", "a b", "a/b", "短信", "a23456789012345678901234567890123"});
}

TEST_CASE("a region, a host and a variable have their usual form") {
  check(is_region, {"CN", "US"}, {"", "cn", "CHN", "C1", "XX"});
  check(is_host_name, {"localhost", "admin.example.org", "a-b"},
        {"", "-a", ".a", "a b", "a/b", "a:80"});
  check(is_variable_name, {"", "TOKEN", "_a1"}, {"1A", "A-B", "A B", "A="});
}

} // namespace tinybook::config::rules
