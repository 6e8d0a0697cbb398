#pragma once

#include "http/api/environment.hpp"
#include "http/pages/page_data.hpp"
#include "http/pages/page_site.hpp"

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

namespace tinybook::http {

/// The language that was chosen on a page.
inline constexpr std::string_view language_cookie = "tb_lang";

/// What was done, until the next page tells it: `saved`.
inline constexpr std::string_view notice_cookie = "tb_done";

/// What is said about a field of a form.
struct said_of_field {
  std::string field;
  std::string text;
};

/// A page on its way: what all pages have in common is filled in at the end.
class page_view {
 public:
  /// `title`: its key among the texts.
  page_view(const api_environment& env, const request_context& request,
            std::string_view title);

  page_data data;

  [[nodiscard]] std::string
  text(std::string_view key, std::initializer_list<std::string_view> values = {}) const;
  [[nodiscard]] std::string text(std::string_view key, std::int64_t number) const {
    return text(key, {std::to_string(number)});
  }
  /// What readers see of the author with this name.
  [[nodiscard]] std::string author(const std::string& name) const;
  /// When to try again, as a sentence; empty where `why` says nothing of that.
  [[nodiscard]] std::string when_again(const failure& why) const;
  /// A day as people write it, where days of the ranking begin.
  [[nodiscard]] std::string day(wall_time time) const;
  /// The day and the time of day.
  [[nodiscard]] std::string moment(wall_time time) const;
  /// `14:05:09` there.
  [[nodiscard]] std::string time_of_day(wall_time time) const;
  [[nodiscard]] language lang() const { return lang_; }
  [[nodiscard]] const api_environment& env() const { return env_; }
  [[nodiscard]] const request_context& request() const { return request_; }

  void title(std::string text) { title_ = std::move(text); }
  /// The page has a form: gives it a token, and the browser the cookie that it needs.
  void has_form() { has_form_ = true; }
  /// From now on this session is the one that forms are bound to.
  void bind_to(std::string_view family);
  /// An error summary that leads to the fields, and the mark in the title; the failure is
  /// logged with the answer.
  void refuse(const failure& why, std::span<const said_of_field> said);
  /// Puts the operator's widget into `form`, which leads to a question to their endpoint;
  /// `error` is said beside it. Nothing where there is none.
  void add_widget(page_data& form, std::string_view error = {});
  /// Links that come back come back to `path`, whatever was asked for: a page of
  /// everybody.
  void come_back_to(std::string path) { target_ = std::move(path); }

  /// The template `name` filled, of a page without a form or a notice.
  [[nodiscard]] std::string html(std::string_view name);
  /// As `show`, for a page with texts of about so many bytes.
  [[nodiscard]] static task<result<answer>> show_by_size(call c, page_view view,
                                                         std::string name,
                                                         std::size_t bytes,
                                                         int status = 0);
  /// The same as an answer, with all that a form needs. `status`: 0 = that of what is
  /// refused, or 200.
  [[nodiscard]] answer show(std::string_view name, int status = 0);

  /// Where the request came from, for the links that come back to it.
  [[nodiscard]] std::string target() const;

 private:
  void fill_common();
  void add_languages();
  void add_navigation();
  void add_notice(answer& into);
  [[nodiscard]] std::string binding(answer& into);
  [[nodiscard]] answer without_body(int status);

  const api_environment& env_;
  const request_context& request_;
  language lang_;
  std::string title_;
  std::string bound_to_;
  std::string target_; ///< Empty = what was asked for.
  std::optional<failure> refused_;
  bool logged_in_;
  bool has_form_;
  bool has_widget_ = false;
};

/// Whether the operator has a widget: a script of others, for no page where a password is
/// typed unless it must be the same page.
[[nodiscard]] bool has_widget(const api_environment& env);

/// The answer with a page, which is not there yet.
[[nodiscard]] answer page_headers(int status);
/// Puts it there: compressed where the client takes that and it pays.
void put_page(const request_context& request, answer& into, std::string html);

/// The answer of a page that is the same for everybody.
[[nodiscard]] answer prepared_answer(const request_context& request,
                                     const zipped_text& page);
/// The same of `html`, which is kept for others.
[[nodiscard]] answer keep_prepared(const request_context& request,
                                   prepared_pages::slot& in, std::string html,
                                   std::chrono::steady_clock::time_point now);

/// Goes on with a GET of `to`, which is an address of ours.
[[nodiscard]] answer see_other(std::string to);

/// The same, and the page there tells what was done: once, and nobody else.
[[nodiscard]] answer see_other(const request_context& request, std::string to,
                               std::string_view notice);

/// `to` where it is the path of a page of ours; else the home page.
[[nodiscard]] std::string own_path(std::string_view to);

/// The page that tells of a failure, in place of its JSON; `plain` where the client has
/// asked for no page.
[[nodiscard]] answer as_page(const api_environment& env, const request_context& request,
                             const failure& why, answer plain);
/// As `as_page`, for a request that was read. Who must log in is sent there; what was
/// sent by a form is kept.
task<answer> as_page_with_form(call c, failure why, answer plain);

/// A language cookie, else `Accept-Language`.
[[nodiscard]] std::optional<language> language_of_page(const httplib::Request& request);

} // namespace tinybook::http
