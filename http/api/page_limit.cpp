#include "http/api/page_limit.hpp"

namespace tinybook::http {

field_spec page_limit_field() {
  return {.name = "limit",
          .type = field_type::integer,
          .needed = presence::optional,
          .min = 1,
          .fallback = 0};
}

result<std::int64_t> page_limit(const api_environment& env,
                                const request_context& request) {
  const auto& bounds = env.settings.articles;
  auto most = static_cast<std::int64_t>(bounds.max_list_limit);
  auto asked = request.fields.integer("limit");
  if (asked > most)
    return failure{field_error{"limit", field_rule::out_of_range, most}};
  return asked == 0 ? static_cast<std::int64_t>(bounds.list_limit) : asked;
}

} // namespace tinybook::http
