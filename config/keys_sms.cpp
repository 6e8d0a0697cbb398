#include "config/key_builders.hpp"
#include "config/key_table.hpp"
#include "config/text_rules.hpp"

namespace tinybook::config {

namespace {

using namespace std::chrono_literals;
constexpr auto restart = reload::restart;
constexpr auto live = reload::live;
constexpr std::chrono::hours day{24};
constexpr std::int64_t many = 1'000'000;

using c = code_settings;
constexpr auto in_codes = &settings::codes;

constexpr auto code_table = std::to_array<key>({
    word({"codes.cache", at<in_codes, &c::cache>, "\"local\"", restart,
          "Where codes live; \"redis\" comes with cluster mode."},
         words::backend),
    duration({"codes.lifetime", at<in_codes, &c::lifetime>, "\"10m\"", live,
              "How long a code is good, and how long its message is tried."},
             10s, 1h),
    duration({"codes.resend_interval", at<in_codes, &c::resend_interval>, "\"60s\"", live,
              "Least time between two sends to a phone for one purpose; 0s = off."},
             0s, 1h),
    integer({"codes.tries", at<in_codes, &c::tries>, "3", live,
             "Wrong tries that each send gives the browser that asked for it."},
            1, 10, "tries"),
    integer({"codes.others_daily_tries", at<in_codes, &c::others_daily_tries>, "10", live,
             "Wrong tries a day for all other clients together, by phone and purpose."},
            1, 100, "tries"),
    integer(
        {"codes.capacity", at<in_codes, &c::capacity>, "100000", restart,
         "Codes that the local cache holds; a live one is never dropped, beyond: 503."},
        1, 10'000'000, "codes"),
    text({"codes.default_region", at<in_codes, &c::default_region>, "\"CN\"", restart,
          "The country of phone numbers that are written without a prefix."},
         2, 2, rules::region),
    secret(texts(
        {"codes.test_numbers", at<in_codes, &c::test_numbers>, "[]", restart,
         "Phones with a fixed code, for automated clients; nothing is sent to them."},
        100, rules::test_number)),
    integer({"codes.sends_per_phone_hour", at<in_codes, &c::sends_per_phone_hour>, "5",
             live, "Codes to one phone; 0 = off."},
            0, many, "an hour"),
    integer({"codes.sends_per_phone_day", at<in_codes, &c::sends_per_phone_day>, "10",
             live, "Codes to one phone; 0 = off."},
            0, many, "a day"),
    integer({"codes.sends_per_address_hour", at<in_codes, &c::sends_per_address_hour>,
             "20", live, "Codes asked for by one client address; 0 = off."},
            0, many, "an hour"),
    integer({"codes.sends_per_address_day", at<in_codes, &c::sends_per_address_day>, "50",
             live, "Codes asked for by one client address; 0 = off."},
            0, many, "a day"),
    integer({"codes.sends_per_prefix_hour", at<in_codes, &c::sends_per_prefix_hour>,
             "200", live,
             "Codes to each country but that of the default region; 0 = off."},
            0, many, "an hour"),
});

using s = sms_settings;
constexpr auto in_sms = &settings::sms;

constexpr auto sms_table = std::to_array<key>({
    duration({"sms.lease", at<in_sms, &s::lease>, "\"15s\"", restart,
              "How long a claimed message belongs to its sender; at least two timeouts."},
             1s, 10min),
    integer({"sms.claim_batch", at<in_sms, &s::claim_batch>, "20", live,
             "Messages that are claimed at once."},
            1, 1000, "messages"),
    integer({"sms.max_backlog", at<in_sms, &s::max_backlog>, "100000", live,
             "Messages that may wait for delivery; beyond: 503."},
            1, 10'000'000, "messages"),
    integer({"sms.retention_days", at<in_sms, &s::retention_days>, "30", live,
             "How long the history of finished messages is kept."},
            1, 3650, "days"),
});

using r = retry_settings;
constexpr auto in_retry = &sms_settings::retry;

constexpr auto retry_table = std::to_array<key>({
    duration({"sms.retry.base", at<in_sms, in_retry, &r::base>, "\"500ms\"", live,
              "The wait after the first round."},
             10ms, 1min),
    real({"sms.retry.multiplier", at<in_sms, in_retry, &r::multiplier>, "2.0", live,
          "What each further round multiplies the wait with."},
         1.0, 10.0),
    real({"sms.retry.jitter", at<in_sms, in_retry, &r::jitter>, "0.5", live,
          "The share by which a wait is randomly shorter or longer."},
         0.0, 1.0),
    duration({"sms.retry.cap", at<in_sms, in_retry, &r::cap>, "\"60s\"", live,
              "The longest wait, before the jitter."},
             10ms, 1h),
    integer({"sms.retry.rounds", at<in_sms, in_retry, &r::rounds>, "5", live,
             "Rounds with a growing wait; later ones go on at the cap."},
            1, 100, "rounds"),
    integer(
        {"sms.retry.max_total_tries", at<in_sms, in_retry, &r::max_total_tries>, "0",
         live,
         "Tries after which a message is dead; 0 = off, it is tried until it expires."},
        0, 1000, "tries"),
});

using v = sms_provider;

constexpr auto provider_table = std::to_array<key>({
    required(text({"name", in_provider<&v::name>, "\"console\"", restart,
                   "Its name, each only once."},
                  1, 32, rules::provider_name)),
    required(
        word({"kind", in_provider<&v::kind>, "\"console\"", restart,
              "What it speaks; tencent, aliyun and twilio come with a later version."},
             words::provider)),
    boolean({"enabled", in_provider<&v::enabled>, "true", live, "Whether it is used."}),
    text({"url", in_provider<&v::url>, "\"\"", restart,
          "Where it is reached; required for a webhook."},
         0, 2048, rules::url),
    integer({"weight", in_provider<&v::weight>, "100", live,
             "Its share of the first tries, against the other providers' weights."},
            1, 1000),
    duration({"timeout", in_provider<&v::timeout>, "\"5s\"", live,
              "How long one try may take."},
             100ms, 1min),
    texts({"routes", in_provider<&v::routes>, "[]", live,
           "The countries that it is used for; empty = all."},
          300, rules::country_prefix),
    integer({"rate_per_second", in_provider<&v::rate_per_second>, "50", live,
             "Tries that it may be given; what is over waits; 0 = off."},
            0, 100'000, "a second"),
    integer({"max_in_flight", in_provider<&v::max_in_flight>, "16", restart,
             "Tries at once."},
            1, 1024, "tries"),
    secret(text({"secret", in_provider<&v::secret>, "\"\"", restart,
                 "Its signing key or token; of a webhook \"whsec_\" and base64, empty = "
                 "unsigned."},
                0, 1024, rules::plain)),
    text({"secret_env", in_provider<&v::secret_env>, "\"\"", restart,
          "The environment variable that holds the secret instead."},
         0, 100, rules::variable_name),
    text({"secret_file", in_provider<&v::secret_file>, "\"\"", restart,
          "The file that holds the secret instead."},
         0, 4096, rules::plain),
    text({"app_id", in_provider<&v::app_id>, "\"\"", restart, "Tencent: SmsSdkAppId."}, 0,
         100, rules::plain),
    text({"sign_name", in_provider<&v::sign_name>, "\"\"", restart,
          "Tencent, Aliyun: the approved signature."},
         0, 100, rules::plain),
    text({"template_id", in_provider<&v::template_id>, "\"\"", restart,
          "Tencent, Aliyun: the approved template."},
         0, 100, rules::plain),
    text({"access_key_id", in_provider<&v::access_key_id>, "\"\"", restart,
          "Tencent, Aliyun: the key that the secret belongs to."},
         0, 200, rules::plain),
    text({"region", in_provider<&v::region>, "\"\"", restart,
          "Tencent, Aliyun: for example \"ap-guangzhou\"."},
         0, 50, rules::plain),
    text({"account_sid", in_provider<&v::account_sid>, "\"\"", restart,
          "Twilio: the account."},
         0, 100, rules::plain),
    text({"from", in_provider<&v::from>, "\"\"", restart, "Twilio: the sender's number."},
         0, 50, rules::plain),
    text({"messaging_service_sid", in_provider<&v::messaging_service_sid>, "\"\"",
          restart, "Twilio: the messaging service, instead of a number."},
         0, 100, rules::plain),
});

} // namespace

std::span<const key> code_keys() {
  return code_table;
}

std::span<const key> sms_keys() {
  return sms_table;
}

std::span<const key> retry_keys() {
  return retry_table;
}

std::span<const key> provider_keys() {
  return provider_table;
}

} // namespace tinybook::config
