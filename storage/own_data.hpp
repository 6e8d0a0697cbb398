#pragma once

#include "storage/article_store.hpp"
#include "storage/result.hpp"
#include "storage/sms_message.hpp"
#include "storage/types.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// What is read for the export of a person's own data, beside what requests read anyway.
/// Each list is a page by ascending id above `after`; a page with fewer than `limit` is
/// the last one.
namespace tinybook::storage {

/// An article with both copies. `hidden`: the public one is there, and nobody sees it
/// now.
struct own_article {
  article_detail own;
  std::optional<std::string> public_title{}; ///< None = there is no public copy.
  std::string public_content{};
  bool hidden = false;
};

struct next_own_article {
  using reply = std::vector<own_article>; ///< At most one: a text may be long.
  static constexpr bool writes = false;
  user_id user = 0;
  article_id after = 0;
};
result<std::vector<own_article>> run(handle& db, const next_own_article& command);

struct own_like {
  article_id article = 0;
  std::int32_t day = 0; ///< In days since 1970-01-01.
};
struct list_own_likes {
  using reply = std::vector<own_like>;
  static constexpr bool writes = false;
  user_id user = 0;
  article_id after = 0;
  std::int64_t limit = 0;
};
result<std::vector<own_like>> run(handle& db, const list_own_likes& command);

struct own_collected {
  article_id article = 0;
  std::int64_t collection = 0;
  wall_time at{};
};
struct list_own_collected {
  using reply = std::vector<own_collected>;
  static constexpr bool writes = false;
  user_id user = 0;
  article_id after = 0;
  std::int64_t limit = 0;
};
result<std::vector<own_collected>> run(handle& db, const list_own_collected& command);

/// A message to the present phone of the person, without what was in it.
struct own_message {
  message_id id = 0;
  std::string purpose;
  message_state state = message_state::ready;
  wall_time created_at{};
  wall_time finalized_at{};
  std::string client_address;
};
struct list_own_messages {
  using reply = std::vector<own_message>;
  static constexpr bool writes = false;
  user_id user = 0;
  message_id after = 0;
  std::int64_t limit = 0;
};
result<std::vector<own_message>> run(handle& db, const list_own_messages& command);

struct own_data_commands
    : commands<next_own_article, list_own_likes, list_own_collected, list_own_messages> {
};

} // namespace tinybook::storage
