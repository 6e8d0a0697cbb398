#include "actors/articles/html_cleaner.hpp"

#include "actors/articles/html_tree.hpp"
#include "actors/articles/html_writer.hpp"
#include "storage/support/text.hpp"

#include <optional>
#include <utility>

namespace tinybook {

namespace {

/// How often cleaning may have to be repeated before its result stands still.
constexpr int max_rounds = 8;

failure refused(field_rule rule, std::size_t limit = 0) {
  return field_error{"content", rule, static_cast<std::int64_t>(limit)};
}

failure why_not_parsed(const html_tree& tree) {
  switch (tree.fault()) {
  case html_fault::too_many_tags:
    return refused(field_rule::too_many_tags, html_tree::max_tags);
  case html_fault::too_deep:
    return refused(field_rule::too_deep, html_tree::max_depth);
  case html_fault::too_tangled:
  case html_fault::none:
    break;
  }
  return refused(field_rule::too_tangled);
}

result<written_html> clean_once(const std::string& html) {
  const html_tree tree(html);
  if (tree.fault() != html_fault::none)
    return why_not_parsed(tree);
  return write_kept(tree);
}

result<done> check_limits(const written_html& clean, const html_limits& limits) {
  if (clean.seen > limits.text)
    return refused(field_rule::too_long, limits.text);
  if (clean.html.size() > limits.bytes)
    return refused(field_rule::too_much_markup, limits.bytes);
  return done{};
}

} // namespace

result<std::string> clean_html(std::string_view html, const html_limits& limits) {
  auto present = normalised(html);
  for (int round = 0; round < max_rounds; ++round) {
    auto next = clean_once(present);
    if (!next)
      return std::move(next.error());
    if (next->html == present) {
      if (auto kept = check_limits(*next, limits); !kept)
        return std::move(kept.error());
      return present;
    }
    present = std::move(next->html);
  }
  return refused(field_rule::too_tangled);
}

std::string plain_text(std::string_view html, std::size_t max_code_points) {
  const auto text = normalised(html);
  const html_tree tree(text);
  // White space that collapses later counts too: look at more than is asked for.
  return one_line(tree.fault() == html_fault::none
                      ? words_of(tree, max_code_points * 16 + 4096)
                      : text,
                  max_code_points);
}

} // namespace tinybook
