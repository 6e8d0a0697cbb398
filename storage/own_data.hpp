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

/// A session, also one that has ended and is still kept.
struct own_session {
  std::string id; ///< Of its family; the person is not shown it.
  std::string device;
  std::string network;
  wall_time created_at{};
  wall_time used_at{};
  wall_time proved_at{}; ///< By password or code; 0 = never since the log-in.
  wall_time ended_at{};  ///< 0 = it has not been ended.
  wall_time expires_at{};
};
/// By ascending id above `after`.
struct list_own_sessions {
  using reply = std::vector<own_session>;
  static constexpr bool writes = false;
  user_id user = 0;
  std::string after;
  std::int64_t limit = 0;
};
result<std::vector<own_session>> run(handle& db, const list_own_sessions& command);

/// A message to the present phone of the person, or to another number for their account,
/// without what was in it.
struct own_message {
  message_id id = 0;
  std::string phone;
  std::string purpose;
  message_state state = message_state::ready;
  wall_time created_at{};
  wall_time finalized_at{};
  wall_time entered_at{}; ///< Of its code; 0 = it was not entered.
  std::string client_address;
  std::string provider;     ///< The last that was given it; empty = none.
  std::int64_t tries = 0;   ///< With all providers.
  std::int64_t reports = 0; ///< Of providers.
};
struct list_own_messages {
  using reply = std::vector<own_message>;
  static constexpr bool writes = false;
  user_id user = 0;
  message_id after = 0;
  std::int64_t limit = 0;
};
result<std::vector<own_message>> run(handle& db, const list_own_messages& command);

/// What else is kept of a person for a while.
struct own_trace {
  enum class kind : std::uint8_t {
    verified_phone = 1, ///< Until the last code that was entered.
    code = 2,           ///< Of the purpose `about`, from when it was sent.
    report = 3,         ///< Of the provider `about`, on a message that is not found yet.
    kept_answer = 4,    ///< To the save of the article `about`.
  };

  kind what = kind::verified_phone;
  std::string about;
  wall_time since{};
  wall_time until{}; ///< When it was there last, or ends to matter; 0 = not known.
};
/// By kind, at most 10 000.
struct list_own_traces {
  using reply = std::vector<own_trace>;
  static constexpr bool writes = false;
  user_id user = 0;
};
result<std::vector<own_trace>> run(handle& db, const list_own_traces& command);

struct own_data_commands
    : commands<next_own_article, list_own_likes, list_own_collected, list_own_sessions,
               list_own_messages, list_own_traces> {};

} // namespace tinybook::storage
