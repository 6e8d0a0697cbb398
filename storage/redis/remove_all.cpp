#include "storage/redis/remove_all.hpp"

#include <array>

namespace tinybook::storage::redis {

namespace {

// A thousand keys a call, so that other users of the server do not wait for long.
constexpr script remove_some{"remove_some", R"lua(
local page = redis.call('SCAN', ARGV[1], 'MATCH', ARGV[2], 'COUNT', 1000)
if #page[2] > 0 then redis.call('UNLINK', unpack(page[2])) end
return {page[1], #page[2]})lua"};

/// `text` as SCAN's pattern matches it.
std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (std::string_view{"*?[]\\^"}.find(c) != std::string_view::npos)
      out += '\\';
    out += c;
  }
  return out;
}

} // namespace

result<std::int64_t> remove_all(connection& db, const std::string& prefix) {
  std::int64_t removed = 0;
  std::string cursor = "0";
  do {
    const std::array<command, 1> commands{
        command{&remove_some, {}, {cursor, escaped(prefix) + ":*"}}};
    auto answer = std::move(db.run(commands).front());
    if (!answer)
      return answer.error();
    const auto& page = answer->list();
    if (page.size() != 2)
      return failure{errc::internal, "redis answered what a scan cannot answer"};
    cursor = page[0].text();
    removed += page[1].number();
  } while (cursor != "0");
  return removed;
}

} // namespace tinybook::storage::redis
