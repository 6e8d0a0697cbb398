#include "config/key_builders.hpp"
#include "config/key_table.hpp"
#include "config/text_rules.hpp"

namespace tinybook::config {

namespace {

using namespace std::chrono_literals;

constexpr auto in_codes = &settings::codes;

constexpr auto code_table = std::to_array<key>({
    word({"codes.cache", at<in_codes, &code_settings::cache>, "\"local\"", restart,
          "Where codes live; \"redis\" is for several replicas."},
         words::backend),
    duration({"codes.lifetime", at<in_codes, &code_settings::lifetime>, "\"10m\"", live,
              "How long a code is good, and how long its message is tried."},
             10s, 1h),
    duration({"codes.resend_interval", at<in_codes, &code_settings::resend_interval>,
              "\"60s\"", live,
              "Least time between two sends to a phone for one purpose; 0s = off."},
             0s, 1h),
    integer(
        {"codes.tries", at<in_codes, &code_settings::tries>, "3", live,
         "Wrong tries that each send gives the browser that asked for it, and as many "
         "again all other clients together."},
        1, 10, "tries"),
    integer({"codes.others_daily_tries", at<in_codes, &code_settings::others_daily_tries>,
             "10", live,
             "Wrong tries a day for all other clients together, by phone and purpose; at "
             "most codes.tries of them for each send."},
            1, 100, "tries"),
    integer(
        {"codes.capacity", at<in_codes, &code_settings::capacity>, "100000", restart,
         "Codes that the local cache holds; a live one is never dropped, beyond: 503."},
        1, 10'000'000, "codes"),
    text({"codes.default_region", at<in_codes, &code_settings::default_region>, "\"CN\"",
          restart, "The country of phone numbers that are written without a prefix."},
         2, 2, rules::region),
    texts({"codes.extra_ranges", at<in_codes, &code_settings::extra_ranges>, "[]",
           restart,
           "Where numbers of a right length are taken though the installed phone "
           "metadata does not know them yet."},
          100, rules::number_prefix),
    word({"codes.fixed_lines", at<in_codes, &code_settings::fixed_lines>,
          "\"refuse_home\"", restart,
          "Whether landlines may get codes; \"refuse_home\" refuses those of the default "
          "region."},
         words::fixed_line),
    secret(texts(
        {"codes.test_numbers", at<in_codes, &code_settings::test_numbers>, "[]", restart,
         "Phones with a fixed code, for automated clients; nothing is sent to them."},
        100, rules::test_number)),
    integer({"codes.sends_per_phone_hour",
             at<in_codes, &code_settings::sends_per_phone_hour>, "5", live,
             "Codes to one phone; 0 = off."},
            0, many, "an hour"),
    integer({"codes.sends_per_phone_day",
             at<in_codes, &code_settings::sends_per_phone_day>, "10", live,
             "Codes to one phone; 0 = off."},
            0, many, "a day"),
    integer({"codes.sends_per_owner_hour",
             at<in_codes, &code_settings::sends_per_owner_hour>, "5", live,
             "Codes to one phone that a browser known to its account asks for, which "
             "count here alone; 0 = off."},
            0, many, "an hour"),
    integer({"codes.sends_per_owner_day",
             at<in_codes, &code_settings::sends_per_owner_day>, "10", live,
             "Codes to one phone that a browser known to its account asks for; 0 = off."},
            0, many, "a day"),
    integer({"codes.sends_per_address_hour",
             at<in_codes, &code_settings::sends_per_address_hour>, "20", live,
             "Codes asked for by one client address; 0 = off."},
            0, many, "an hour"),
    integer({"codes.sends_per_address_day",
             at<in_codes, &code_settings::sends_per_address_day>, "50", live,
             "Codes asked for by one client address; 0 = off."},
            0, many, "a day"),
    integer({"codes.sends_per_prefix_hour",
             at<in_codes, &code_settings::sends_per_prefix_hour>, "200", live,
             "Codes to each region (such as \"JM\", not all of +1) but the default one; "
             "0 = off."},
            0, many, "an hour"),
    integer({"codes.sends_per_hour", at<in_codes, &code_settings::sends_per_hour>, "2000",
             live, "The ceiling of all codes together, whoever asks for them; 0 = off."},
            0, many, "an hour"),
    integer({"codes.sends_per_day", at<in_codes, &code_settings::sends_per_day>, "10000",
             live, "The ceiling of all codes together, whoever asks for them; 0 = off."},
            0, many, "a day"),
    real(
        {"codes.elsewhere_share", at<in_codes, &code_settings::elsewhere_share>, "0.2",
         live,
         "The share of codes.sends_per_phone_hour and codes.sends_per_phone_day that one "
         "network (an IPv4 /24, an IPv6 /48) leaves to who asks from elsewhere."},
        0.0, 0.9),
    real({"codes.owners_share", at<in_codes, &code_settings::owners_share>, "0.1", live,
          "The share of codes.sends_per_hour, codes.sends_per_day and "
          "codes.sends_per_prefix_hour that is kept for browsers and networks known to "
          "the account of the phone, and for who is logged in; half of it for phones "
          "that were verified before, too."},
         0.0, 0.9),
    real({"codes.sends_alarm", at<in_codes, &code_settings::sends_alarm>, "0.8", live,
          "The share of codes.sends_per_hour and codes.sends_per_day from which log, "
          "status and metrics warn; at the latest where only owners get codes."},
         0.01, 1.0),
});

constexpr auto in_guard = &settings::guard;

constexpr auto guard_table = std::to_array<key>({
    boolean({"codes.guard.enabled", at<in_guard, &guard_settings::enabled>, "true", live,
             "Whether regions whose codes are not entered are held back."}),
    duration({"codes.guard.window", at<in_guard, &guard_settings::window>, "\"1h\"", live,
              "How far back the share of entered codes looks."},
             1min, 24h),
    duration(
        {"codes.guard.grace", at<in_guard, &guard_settings::grace>, "\"2m\"", live,
         "The time that people have to enter a code before it counts as not entered."},
        1s, 1h),
    integer({"codes.guard.min_samples", at<in_guard, &guard_settings::min_samples>, "50",
             live, "Delivered codes to a region before its share counts."},
            1, many, "codes"),
    integer({"codes.guard.min_samples_per_address",
             at<in_guard, &guard_settings::min_samples_per_address>, "5", live,
             "Delivered codes that an address asked for before it can be held."},
            1, many, "codes"),
    real({"codes.guard.floor", at<in_guard, &guard_settings::floor>, "0.2", live,
          "The least share of delivered codes that must be entered."},
         0.0, 1.0),
    duration({"codes.guard.refresh", at<in_guard, &guard_settings::refresh>, "\"10s\"",
              live, "How often the shares are counted."},
             100ms, 10min),
});

} // namespace

std::span<const key> code_keys() {
  return code_table;
}

std::span<const key> guard_keys() {
  return guard_table;
}

} // namespace tinybook::config
