#include "config/key_builders.hpp"
#include "config/key_table.hpp"
#include "config/text_rules.hpp"

namespace tinybook::config {

namespace {

using namespace std::chrono_literals;

constexpr auto in_abuse = &settings::abuse;

constexpr auto abuse_table = std::to_array<key>({
    text({"abuse.webhook", at<in_abuse, &abuse_settings::webhook>, "\"\"", restart,
          "The endpoint that is asked before a code is sent and before an account is "
          "made; empty = nobody is asked."},
         0, 2048, rules::url),
    secret(text({"abuse.webhook_key", at<in_abuse, &abuse_settings::webhook_key>, "\"\"",
                 restart, "What the questions are signed with."},
                0, 1000, rules::webhook_secret)),
    text({"abuse.webhook_key_file", at<in_abuse, &abuse_settings::webhook_key_file>,
          "\"\"", restart, "The file whose first line is that key instead."},
         0, 4096, rules::plain),
    text({"abuse.webhook_ca_file", at<in_abuse, &abuse_settings::webhook_ca_file>, "\"\"",
          restart,
          "The file with the CA, in PEM, of a private certificate of the endpoint; empty "
          "= those that the system trusts."},
         0, 4096, rules::plain),
    duration({"abuse.webhook_timeout", at<in_abuse, &abuse_settings::webhook_timeout>,
              "\"2s\"", restart, "How long an answer may take."},
             100ms, 30s),
    word({"abuse.webhook_fails", at<in_abuse, &abuse_settings::webhook_fails>, "\"open\"",
          restart,
          "What it means that there is no good answer: \"open\" lets the person pass, "
          "\"closed\" answers 503."},
         words::hook_failure),
    integer({"abuse.webhook_connections",
             at<in_abuse, &abuse_settings::webhook_connections>, "4", restart,
             "Questions at once, each with a thread and a connection."},
            1, 64, "connections"),
    integer({"abuse.webhook_queue", at<in_abuse, &abuse_settings::webhook_queue>, "64",
             restart,
             "Questions that may wait for a connection; beyond, it counts as no answer."},
            1, 4096, "questions"),
    text({"abuse.widget_script", at<in_abuse, &abuse_settings::widget_script>, "\"\"",
          restart,
          "The script of a widget, such as a CAPTCHA, on the pages that lead to a "
          "question; empty = no widget. Set together with the class, key and field."},
         0, 2048, rules::widget_script),
    text({"abuse.widget_class", at<in_abuse, &abuse_settings::widget_class>, "\"\"",
          restart, "The class of the element that this script looks for."},
         0, 100, rules::optional_shared_name),
    text({"abuse.widget_site_key", at<in_abuse, &abuse_settings::widget_site_key>, "\"\"",
          restart,
          "The public key of the site, which stands in that element as data-sitekey."},
         0, 100, rules::optional_shared_name),
    text({"abuse.widget_field", at<in_abuse, &abuse_settings::widget_field>, "\"\"",
          restart,
          "The field of the form that this script fills in; the endpoint is told what is "
          "in it."},
         0, 100, rules::optional_shared_name),
    texts({"abuse.widget_sources", at<in_abuse, &abuse_settings::widget_sources>, "[]",
           restart,
           "From where else that script takes scripts, frames, styles and data, for the "
           "content policy of these pages."},
          16, rules::widget_source),
});

} // namespace

std::span<const key> abuse_keys() {
  return abuse_table;
}

} // namespace tinybook::config
