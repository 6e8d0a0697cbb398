#include "http/pages/page_view.hpp"

#include "config/value_text.hpp"
#include "http/api/by_size.hpp"
#include "http/api/error_texts.hpp"
#include "http/api/respond.hpp"
#include "http/pages/form_tokens.hpp"
#include "http/pages/forms.hpp"
#include "http/pages/gzip.hpp"
#include "http/text_tools.hpp"
#include "storage/support/random.hpp"

#include <algorithm>

namespace tinybook::http {

namespace {

bool is_plain_path(std::string_view to) {
  return std::ranges::all_of(to, [](char c) { return c > ' ' && c < 0x7f && c != '\\'; });
}

struct nav_entry {
  std::string_view path;
  const char* flag;
};
constexpr auto nav_entries = std::to_array<nav_entry>({{"/", "nav_home"},
                                                       {"/ranking", "nav_ranking"},
                                                       {"/write", "nav_write"},
                                                       {"/mine", "nav_mine"},
                                                       {"/profile", "nav_profile"},
                                                       {"/login", "nav_login"},
                                                       {"/signup", "nav_signup"}});

std::string english_day(std::chrono::year_month_day day) {
  constexpr std::array<std::string_view, 12> months = {
      "January", "February", "March",     "April",   "May",      "June",
      "July",    "August",   "September", "October", "November", "December"};
  return std::to_string(static_cast<unsigned>(day.day())) + ' '
         + std::string{months.at(static_cast<unsigned>(day.month()) - 1)} + ' '
         + std::to_string(static_cast<int>(day.year()));
}

std::string chinese_day(std::chrono::year_month_day day) {
  return std::to_string(static_cast<int>(day.year())) + "年"
         + std::to_string(static_cast<unsigned>(day.month())) + "月"
         + std::to_string(static_cast<unsigned>(day.day())) + "日";
}

/// What a notice may tell.
constexpr auto known_notices = std::to_array<std::string_view>(
    {"saved",           "published",           "withdrawn",
     "deleted",         "logged_out",          "password_changed",
     "phone_bound",     "profile_saved",       "session_ended",
     "session_unknown", "sessions_ended",      "proved",
     "ban_lifted",      "account_leaves",      "account_gone",
     "account_stays",   "deletion_taken_back", "password_changed_banned",
     "welcome",         "form_expired"});

} // namespace

page_view::page_view(const api_environment& env, const request_context& request,
                     std::string_view title)
    : env_(env),
      request_(request),
      lang_(request.lang()),
      title_(env.pages->renderer.texts().text(title, lang_)),
      logged_in_(request.session != nullptr && !request.is_banned()),
      has_form_(request.session != nullptr) {}

std::string page_view::text(std::string_view key,
                            std::initializer_list<std::string_view> values) const {
  return env_.pages->renderer.texts().text(key, lang_, values);
}

std::string page_view::author(const std::string& name) const {
  return name.empty() ? text("author_unnamed") : name;
}

std::string page_view::when_again(const failure& why) const {
  const auto wait = retry_after(why);
  if (!wait || why.code == errc::too_many_tries) // Only a new code helps: see beside it.
    return {};
  constexpr std::chrono::seconds counted_in_seconds{90};
  if (*wait < counted_in_seconds)
    return text("retry_in", wait->count());
  return text("retry_in_minutes", std::chrono::ceil<std::chrono::minutes>(*wait).count());
}

std::string page_view::day(wall_time time) const {
  const auto date = date_of(day_of(time, env_.settings.ranking.utc_offset));
  return lang_ == language::zh ? chinese_day(date) : english_day(date);
}

std::string page_view::moment(wall_time time) const {
  return day(time) + ' ' + time_of_day(time);
}

std::string page_view::time_of_day(wall_time time) const {
  const auto there = format_rfc3339(time + env_.settings.ranking.utc_offset);
  constexpr std::size_t begin = 11;
  constexpr std::size_t length = 8;
  return there.substr(begin, length) + " UTC"
         + config::format_utc_offset(env_.settings.ranking.utc_offset);
}

void page_view::bind_to(std::string_view family) {
  bound_to_ = "session-" + std::string{family};
  logged_in_ = has_form_ = true;
}

void page_view::refuse(const failure& why, std::span<const said_of_field> said) {
  refused_ = why;
  data.set("has_error", true);
  page_data summary;
  auto errors = page_list();
  for (const auto& one : said) {
    page_data error;
    set_text(error, "href", "#" + form_field_id(one.field));
    set_text(error, "text", labelled(*this, one));
    errors.push_back(error);
  }
  auto told =
      said.empty() ? std::string{text_of(why, lang_)} : text("error_summary_title");
  if (const auto again = when_again(why); !again.empty())
    told += ' ' + again;
  set_text(summary, "text", told);
  summary.set("errors", errors);
  data.set("summary", summary);
}

void page_view::add_widget(page_data& form, std::string_view error) {
  const auto& from = env_.settings.abuse;
  if (!has_widget(env_))
    return;
  has_widget_ = true;
  page_data widget;
  set_text(widget, "id", form_field_id(from.widget_field));
  set_text(widget, "class", from.widget_class);
  set_text(widget, "site_key", from.widget_site_key);
  set_section(widget, "error", "text", error);
  form.set("widget", widget);
}

std::string page_view::target() const {
  if (!target_.empty())
    return target_;
  const auto& raw = request_.raw;
  const auto target = raw.method == "POST" ? std::string{raw.path} : raw.target;
  return own_path(target);
}

std::string page_view::binding(answer& into) {
  if (bound_to_.empty())
    bound_to_ = form_binding(request_);
  if (bound_to_.empty()) {
    system_random random;
    const auto id = random_id(random);
    constexpr std::chrono::hours lifetime{24};
    const bool secure = request_.over_tls();
    into.headers.emplace_back("Set-Cookie",
                              make_cookie(form_cookie(secure), id, lifetime, secure));
    bound_to_ = "browser-" + id;
  }
  return bound_to_;
}

void page_view::add_languages() {
  if (request_.raw.method == "POST")
    return; // The link would leave what was typed behind.
  auto languages = page_list();
  for (const auto one : every_language) {
    page_data entry;
    set_text(entry, "name", name_of(one));
    set_text(entry, "code", code_of(one));
    set_text(entry, "url",
             "/language/" + std::string{code_of(one)}
                 + "?to=" + percent_encode(target()));
    entry.set("current", one == lang_);
    languages.push_back(entry);
  }
  data.set("languages", languages);
}

void page_view::add_navigation() {
  for (const auto& entry : nav_entries)
    data.set(entry.flag, request_.raw.path == entry.path);
  data.set("user", logged_in_ ? page_data{} : page_data{false});
}

void page_view::fill_common() {
  set_text(data, "lang", code_of(lang_));
  set_text(data, "title", title_);
  add_languages();
  add_navigation();
}

/// What was done is told once.
void page_view::add_notice(answer& into) {
  const auto all = cookies_of(request_.raw, notice_cookie);
  if (all.empty())
    return;
  into.headers.emplace_back("Set-Cookie",
                            drop_cookie(notice_cookie, request_.over_tls()));
  if (std::ranges::find(known_notices, all.front()) != known_notices.end())
    set_section(data, "notice", "text", text("done_" + std::string{all.front()}));
}

std::string page_view::html(std::string_view name) {
  fill_common();
  return env_.pages->renderer.render(name, lang_, data);
}

/// All of the answer but the page itself; `data` is complete then.
answer page_view::without_body(int status) {
  fill_common();
  if (status == 0)
    status = refused_ ? http_status(refused_->code) : 200;
  auto out = page_headers(status);
  add_notice(out);
  if (has_widget_) {
    set_section(data, "widget_script", "url", env_.settings.abuse.widget_script);
    out.content_policy = env_.pages->widget_policy;
  }
  if (has_form_)
    set_text(data, "csrf", make_form_token(env_.cookies, binding(out)));
  if (!refused_)
    return out;
  if (const auto wait = retry_after(*refused_))
    out.headers.emplace_back("Retry-After", std::to_string(wait->count()));
  out.refused = std::move(refused_);
  return out;
}

answer page_view::show(std::string_view name, int status) {
  auto out = without_body(status);
  put_page(request_, out, env_.pages->renderer.render(name, lang_, data));
  return out;
}

task<result<answer>> page_view::show_by_size(call c, page_view view, std::string name,
                                             std::size_t bytes, int status) {
  auto out = view.without_body(status);
  const auto html = std::make_shared<std::string>();
  const auto filled = std::make_shared<const page_data>(std::move(view.data));
  const auto made = co_await do_by_size(
      c, bytes, [html, filled, name, lang = view.lang_, site = c.env.pages] {
        *html = site->renderer.render(name, lang, *filled);
      });
  if (!made)
    co_return made.error();
  put_page(c.request, out, std::move(*html));
  co_return out;
}

bool has_widget(const api_environment& env) {
  return !env.settings.abuse.widget_script.empty();
}

answer page_headers(int status) {
  return {.status = status,
          .content_type = "text/html; charset=utf-8",
          .headers = {{"Referrer-Policy", "same-origin"},
                      {"Permissions-Policy",
                       "camera=(), geolocation=(), microphone=(), payment=()"},
                      {"Cross-Origin-Opener-Policy", "same-origin"},
                      {"Vary", "Accept-Encoding, Accept-Language, Cookie"}},
          .content_policy = page_policy};
}

void put_page(const request_context& request, answer& into, std::string html) {
  // A longer one would hold up the poller.
  constexpr std::size_t shortest = 1024;
  constexpr int level = 4;
  into.body = std::move(html);
  if (into.body.size() < shortest || into.body.size() > done_here_at_most
      || !accepts_gzip(header_of(request.raw, "Accept-Encoding")))
    return;
  into.body = gzip(into.body, level);
  into.headers.emplace_back("Content-Encoding", "gzip");
}

answer prepared_answer(const request_context& request, const zipped_text& page) {
  auto out = page_headers(200);
  give_text(request, page, out);
  return out;
}

answer keep_prepared(const request_context& request, prepared_pages::slot& in,
                     std::string html, std::chrono::steady_clock::time_point now) {
  prepared_page made{zipped_text(std::move(html), 6), now};
  auto out = prepared_answer(request, made);
  in.keep(std::move(made));
  return out;
}

answer see_other(std::string to) {
  return {.status = 303, .headers = {{"Location", std::move(to)}}};
}

answer see_other(const request_context& request, std::string to,
                 std::string_view notice) {
  constexpr std::chrono::seconds until_seen{60};
  auto out = see_other(std::move(to));
  out.headers.emplace_back(
      "Set-Cookie", make_cookie(notice_cookie, notice, until_seen, request.over_tls()));
  return out;
}

std::string own_path(std::string_view to) {
  constexpr std::size_t max_bytes = 1024;
  const bool ours = to.starts_with('/') && !to.starts_with("//") && to.size() <= max_bytes
                    && is_plain_path(to);
  return std::string{ours ? to : "/"};
}

std::optional<language> language_of_page(const httplib::Request& request) {
  for (const auto chosen : cookies_of(request, language_cookie))
    for (const auto lang : every_language)
      if (chosen == code_of(lang))
        return lang;
  return preferred_language(header_of(request, "Accept-Language"));
}

} // namespace tinybook::http
