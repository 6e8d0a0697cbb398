#include "actors/articles/article_cleaner.hpp"

#include "actors/articles/html_text.hpp"
#include "storage/support/unicode.hpp"

#include <utility>

namespace tinybook {

namespace {

constexpr std::size_t abstract_code_points = 100;

} // namespace

auto cleaning_worker_state::make_behavior() -> actor_type::behavior_type {
  return {
      [](const get_status&) { return actor_status{}; },
      [this](const shut_down&) { self_->quit(caf::exit_reason::user_shutdown); },
      [](const timer_fired&) {},
      [this](const clean_article& asked) { return answer(clean(asked)); },
  };
}

result<article_cleaned> cleaning_worker_state::clean(const clean_article& asked) const {
  auto html = clean_html(asked.content, limits_);
  if (!html)
    return std::move(html.error());
  const auto text = plain_text(*html, html->size());
  const bool blank =
      !has_visible_character(text) && html->find("<img") == std::string::npos;
  return article_cleaned{std::move(*html), cut_off(text, abstract_code_points), blank};
}

} // namespace tinybook
