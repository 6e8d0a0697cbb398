#include "http/api/envelope.hpp"

#include "http/api/error_texts.hpp"
#include "http/api/json_writer.hpp"

#include <algorithm>

namespace tinybook::http {

std::string success_body(std::string_view data, std::string_view msg) {
  std::string out;
  out.reserve(data.size() + 40);
  json_writer(out)
      .begin_object()
      .member("code", 0)
      .member("msg", msg)
      .key("data")
      .raw(data)
      .end_object();
  return out;
}

std::string error_body(const failure& why, language lang, std::string_view request_id) {
  const auto& entry = describe(why.code);
  std::string out;
  json_writer w(out);
  w.begin_object().member("code", entry.number).member("error", entry.name);
  w.member("msg", text_of(why, lang));
  if (!why.rule.empty())
    w.member("rule", why.rule);
  w.key("data").null();
  w.key("fields").begin_array();
  for (const auto& refused : why.fields)
    w.begin_object()
        .member("field", refused.field)
        .member("rule", name_of(refused.rule))
        .member("msg", text_of(refused, lang))
        .end_object();
  w.end_array().member("requestId", request_id).end_object();
  return out;
}

std::optional<std::chrono::seconds> retry_after(const failure& why) {
  using std::chrono::seconds;
  auto status = http_status(why.code);
  bool always = status == 429 || status == 503;
  if (why.retry_after.count() <= 0 && !always)
    return std::nullopt;
  return std::max(std::chrono::ceil<seconds>(why.retry_after), seconds{1});
}

} // namespace tinybook::http
