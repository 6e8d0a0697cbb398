#include "config/key_builders.hpp"
#include "config/key_table.hpp"
#include "config/text_rules.hpp"

namespace tinybook::config {

namespace {

using namespace std::chrono_literals;

template <auto Member>
constexpr auto in_provider = in_table<&settings::sms, &sms_settings::providers, Member>;

constexpr auto provider_table = std::to_array<key>({
    required(text({"name", in_provider<&sms_provider::name>, "\"console\"", restart,
                   "Its name, each only once."},
                  1, 32, rules::provider_name)),
    required(word({"kind", in_provider<&sms_provider::kind>, "\"console\"", restart,
                   "What it speaks."},
                  words::provider)),
    boolean({"enabled", in_provider<&sms_provider::enabled>, "true", live,
             "Whether it is used."}),
    text({"url", in_provider<&sms_provider::url>, "\"\"", restart,
          "Where it is reached; required for a webhook, empty = the cloud's own."},
         0, 2048, rules::url),
    integer({"weight", in_provider<&sms_provider::weight>, "100", live,
             "Its share of the first tries, against the other providers' weights."},
            0, 1000),
    duration({"timeout", in_provider<&sms_provider::timeout>, "\"5s\"", live,
              "How long one try may take."},
             100ms, 1min),
    texts({"routes", in_provider<&sms_provider::routes>, "[]", live,
           "The numbers that it is used for, by their first digits; the longest of all "
           "providers goes first; empty = all."},
          300, rules::number_prefix),
    integer({"rate_per_second", in_provider<&sms_provider::rate_per_second>, "50", live,
             "Tries that it may be given; what is over waits; 0 = off."},
            0, 100'000, "a second"),
    integer({"max_in_flight", in_provider<&sms_provider::max_in_flight>, "16", restart,
             "Tries at once."},
            1, 1024, "tries"),
    secret(text({"secret", in_provider<&sms_provider::secret>, "\"\"", restart,
                 "Its signing key, of Twilio the auth token; of a webhook \"whsec_\" and "
                 "base64, empty = unsigned."},
                0, 1024, rules::plain)),
    text({"secret_env", in_provider<&sms_provider::secret_env>, "\"\"", restart,
          "The environment variable that holds the secret instead."},
         0, 100, rules::variable_name),
    text({"secret_file", in_provider<&sms_provider::secret_file>, "\"\"", restart,
          "The file that holds the secret instead."},
         0, 4096, rules::plain),
    text({"app_id", in_provider<&sms_provider::app_id>, "\"\"", restart,
          "Tencent: SmsSdkAppId."},
         0, 100, rules::plain),
    text({"sign_name", in_provider<&sms_provider::sign_name>, "\"\"", restart,
          "Tencent, Aliyun: the approved signature."},
         0, 100, rules::plain),
    text({"template_id", in_provider<&sms_provider::template_id>, "\"\"", restart,
          "Tencent, Aliyun: the approved template."},
         0, 100, rules::plain),
    text(
        {"notice_template_id", in_provider<&sms_provider::notice_template_id>, "\"\"",
         restart,
         "Tencent, Aliyun: the approved template, without parameters, of the notice to a "
         "number that was replaced; empty = other providers send it."},
        0, 100, rules::plain),
    texts({"template_params", in_provider<&sms_provider::template_params>,
           "[\"code\", \"minutes\"]", restart,
           "Tencent, Aliyun: what the template takes, in its order."},
          10, rules::plain),
    text({"access_key_id", in_provider<&sms_provider::access_key_id>, "\"\"", restart,
          "Tencent, Aliyun: the key that the secret belongs to."},
         0, 200, rules::plain),
    text({"region", in_provider<&sms_provider::region>, "\"\"", restart,
          "Tencent: the region; empty = \"ap-guangzhou\"."},
         0, 50, rules::plain),
    text({"account_sid", in_provider<&sms_provider::account_sid>, "\"\"", restart,
          "Twilio: the account."},
         0, 100, rules::plain),
    text({"from", in_provider<&sms_provider::from>, "\"\"", restart,
          "Twilio: the sender's number."},
         0, 50, rules::plain),
    text({"messaging_service_sid", in_provider<&sms_provider::messaging_service_sid>,
          "\"\"", restart, "Twilio: the messaging service, instead of a number."},
         0, 100, rules::plain),
    secret(text({"receipt_secret", in_provider<&sms_provider::receipt_secret>, "\"\"",
                 restart,
                 "The end of the path to which it reports; not needed where reports are "
                 "signed."},
                0, 200, rules::plain)),
    duration({"slow_limit", in_provider<&sms_provider::slow_limit>, "\"0s\"", live,
              "Calls that take as long count as slow; 0s = half the timeout."},
             0s, 1min),
});

constexpr std::string_view provider_head =
    R"(# Who delivers SMS, in the order of preference: one [[sms.providers]] for each. The first
# one in a file replaces the default, which is the console provider below. It prints
# messages on standard output.
[[sms.providers]]
name = "console"
kind = "console"

# Every key of a provider:
)";

} // namespace

const table_array& provider_tables() {
  static constexpr auto all = array_of<&settings::sms, &sms_settings::providers>(
      "sms.providers", provider_head, provider_table);
  return all;
}

} // namespace tinybook::config
