#include "config/key_builders.hpp"
#include "config/key_table.hpp"
#include "config/text_rules.hpp"

namespace tinybook::config {

namespace {

using namespace std::chrono_literals;

constexpr auto in_http = &settings::http;

constexpr auto http_table = std::to_array<key>({
    text({"http.address", at<in_http, &http_settings::address>, "\"127.0.0.1\"", restart,
          "Address of the public listener; \"0.0.0.0\" or \"::\" opens it to other "
          "machines."},
         1, 45, rules::ip_address),
    integer({"http.port", at<in_http, &http_settings::port>, "8081", restart,
             "Port of the public listener; 0 takes any free one."},
            0, 65535),
    boolean({"http.require_login_to_read",
             at<in_http, &http_settings::require_login_to_read>, "false", live,
             "Whether published articles, newest and rankings ask for a token."}),
    texts(
        {"http.trusted_proxies", at<in_http, &http_settings::trusted_proxies>, "[]", live,
         "Proxies whose X-Forwarded-For counts; the client is the right-most other hop."},
        64, rules::cidr),
    texts({"http.cors_origins", at<in_http, &http_settings::cors_origins>,
           "[\"http://localhost:3000\"]", live,
           "Origins whose pages may call the API with credentials; empty allows none."},
          64, rules::origin),
    duration(
        {"http.drain_delay", at<in_http, &http_settings::drain_delay>, "\"0s\"", live,
         "After a stop signal, how long /readyz says 503 before the listener closes."},
        0s, 5min),
    duration(
        {"http.drain_bound", at<in_http, &http_settings::drain_bound>, "\"20s\"", live,
         "After the listener closed, how long requests in flight may take to finish, and "
         "then SMS under way."},
        100ms, 5min),
    bytes({"http.max_head", at<in_http, &http_settings::max_head_bytes>, "\"32KiB\"",
           restart, "Request line and headers; beyond: 431."},
          1 * kib, 1 * mib),
    integer({"http.max_headers", at<in_http, &http_settings::max_headers>, "100", restart,
             "Headers of a request; beyond: 431."},
            10, 10'000, "headers"),
    bytes({"http.max_uri", at<in_http, &http_settings::max_uri_bytes>, "\"8KiB\"",
           restart, "Path and query; beyond: 414."},
          256, 8 * kib),
    bytes({"http.max_body", at<in_http, &http_settings::max_body_bytes>, "\"64KiB\"",
           restart, "Body of a request other than an article's; beyond: 413."},
          1 * kib, 64 * mib),
    bytes({"http.max_article_body", at<in_http, &http_settings::max_article_body_bytes>,
           "\"1.25MiB\"", restart,
           "Body of a request that carries an article; beyond: 413."},
          1 * kib, 64 * mib),
    integer({"http.max_json_depth", at<in_http, &http_settings::max_json_depth>, "32",
             restart, "Nesting of a JSON body; beyond: 400."},
            4, 256, "levels"),
    integer({"http.max_connections", at<in_http, &http_settings::max_connections>,
             "12000", restart,
             "Open connections; beyond, a new one takes the place of the one that is "
             "idle for longest, or gets 503."},
            16, 1'000'000, "connections"),
    integer({"http.max_connections_per_address",
             at<in_http, &http_settings::max_connections_per_address>, "1000", restart,
             "Open connections of one address (of IPv6 a /64), trusted proxies aside; "
             "beyond: 429. 0 is no bound."},
            0, 1'000'000, "connections"),
    bytes({"http.max_buffered", at<in_http, &http_settings::max_buffered_bytes>,
           "\"256MiB\"", restart,
           "Requests coming in and answers not taken, all together; beyond: 503."},
          1 * mib, std::int64_t{64} * 1024 * mib),
    integer({"http.max_in_flight", at<in_http, &http_settings::max_in_flight>, "1024",
             live, "Requests being handled at once; beyond: 503."},
            1, 65'536, "requests"),
    integer({"http.max_in_flight_per_actor",
             at<in_http, &http_settings::max_in_flight_per_actor>, "256", live,
             "Of these, the ones that wait for the same actor; beyond: 503."},
            1, 65'536, "requests"),
    integer(
        {"http.max_in_flight_per_address",
         at<in_http, &http_settings::max_in_flight_per_address>, "128", live,
         "Of these, the ones of one client address (of IPv6 a /64), which many people "
         "may share; beyond: 429. 0 is no bound."},
        0, 65'536, "requests"),
    integer({"http.fast_workers", at<in_http, &http_settings::fast_workers>, "0", restart,
             "Threads that read requests and answer them; none of them ever waits. 0 is "
             "one for each processor."},
            0, 256, "threads"),
    duration(
        {"http.idle_timeout", at<in_http, &http_settings::idle_timeout>, "\"75s\"",
         restart,
         "How long a connection may rest between requests; longer than a balancer in "
         "front lets it."},
        1s, 1h),
    duration({"http.head_timeout", at<in_http, &http_settings::head_timeout>, "\"10s\"",
              restart,
              "From the first byte of a request to the end of its headers; beyond: 408."},
             100ms, 10min),
    duration({"http.body_timeout", at<in_http, &http_settings::body_timeout>, "\"30s\"",
              restart, "Silence within a body; beyond: 408."},
             100ms, 10min),
    duration({"http.max_body_time", at<in_http, &http_settings::max_body_time>, "\"2m\"",
              restart,
              "From the end of the headers to the end of the body; beyond: 408."},
             100ms, 1h),
    duration({"http.write_timeout", at<in_http, &http_settings::write_timeout>, "\"30s\"",
              restart,
              "How long a client may take nothing of its answer; then it is cut off."},
             100ms, 10min),
    bytes({"http.min_rate", at<in_http, &http_settings::min_bytes_per_second>, "\"1KiB\"",
           restart,
           "What a body must bring and an answer be taken at, a second, once such a "
           "silence has passed; beyond: 408 or cut off."},
          1, 1 * mib),
    duration({"http.deadline", at<in_http, &http_settings::deadline>, "\"5s\"", live,
              "How long the answer to a request may take; beyond: 504."},
             100ms, 5min),
    duration({"http.login_deadline", at<in_http, &http_settings::login_deadline>,
              "\"10s\"", live, "The same for requests that hash a password."},
             100ms, 5min),
});

constexpr auto in_admin = &settings::admin;

constexpr auto admin_table = std::to_array<key>({
    text({"admin.address", at<in_admin, &admin_settings::address>, "\"127.0.0.1\"",
          restart,
          "Address of the admin listener; anywhere but on loopback reading needs the "
          "token."},
         1, 45, rules::ip_address),
    integer({"admin.port", at<in_admin, &admin_settings::port>, "8082", restart,
             "Port of the admin listener; 0 takes any free one."},
            0, 65535),
    texts({"admin.allowed_hosts", at<in_admin, &admin_settings::allowed_hosts>, "[]",
           live,
           "Names accepted in the Host header, beside loopback and the address itself."},
          64, rules::host_name),
    text({"admin.token_file", at<in_admin, &admin_settings::token_file>, "\"\"", restart,
          "The file that holds the token of \"admin\", who may do all; empty = "
          "admin.token "
          "in the data folder, which the first start makes."},
         0, 4096, rules::plain),
    duration({"admin.status_timeout", at<in_admin, &admin_settings::status_timeout>,
              "\"500ms\"", live,
              "An actor that does not tell its state in this time is shown as stuck."},
             10ms, 30s),
});

} // namespace

std::span<const key> http_keys() {
  return http_table;
}

std::span<const key> admin_keys() {
  return admin_table;
}

} // namespace tinybook::config
