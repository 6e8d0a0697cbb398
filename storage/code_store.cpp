#include "storage/code_store.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

namespace tinybook::storage {

namespace {

constexpr std::ptrdiff_t codes_that_verify = 2; // code_rules.hpp

/// The row that was sent first of those whose place this one took.
message_id place_of(const std::vector<code_row>& rows, const code_row& row) {
  const auto before = std::ranges::find(rows, row.parent, &code_row::id);
  return row.parent == 0 || before == rows.end() ? row.id : place_of(rows, *before);
}

} // namespace

std::vector<live_code> verifying_codes(const std::vector<code_row>& rows) {
  std::map<message_id, live_code> by_place;
  for (const auto& row : rows)
    by_place[place_of(rows, row)] = row.code; // A later one has taken its place.
  std::vector<live_code> out;
  for (auto& [place, code] : by_place)
    out.push_back(std::move(code));
  if (std::ssize(out) > codes_that_verify)
    out.erase(out.begin(), out.end() - codes_that_verify);
  // Messages of an older version do not know what verifies their code.
  std::erase_if(out, [](const live_code& code) { return code.hash.empty(); });
  return out;
}

} // namespace tinybook::storage
