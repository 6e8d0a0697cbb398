#include "http/api/shared_fields.hpp"

#include "http/live/rendered_board.hpp"

namespace tinybook::http {

field_spec page_limit_field() {
  return {.name = "limit",
          .type = field_type::integer,
          .needed = presence::optional,
          .min = 1,
          .fallback = 0,
          .means = field_meaning::page_limit};
}

result<std::int64_t> page_limit(const api_environment& env,
                                const request_context& request) {
  const auto& bounds = env.settings.articles;
  auto max = static_cast<std::int64_t>(bounds.max_list_limit);
  auto asked = request.fields.integer("limit");
  if (asked > max)
    return failure{field_error{"limit", field_rule::out_of_range, max}};
  return asked == 0 ? static_cast<std::int64_t>(bounds.list_limit) : asked;
}

result<board_window> board_window_of(std::string_view text) {
  if (text.empty())
    return board_window::all;
  for (const auto window : every_window)
    if (text == name_of(window))
      return window;
  return failure{field_error{"window", field_rule::not_one_of, 0, "all, day, week"}};
}

} // namespace tinybook::http
