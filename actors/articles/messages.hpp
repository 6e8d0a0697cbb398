#pragma once

#include "actors/store/messages.hpp"

#include <caf/allowed_unsafe_message_type.hpp>

#include <string>

namespace tinybook {

/// Saves the author's copy, or publishes it. The content is cleaned against the
/// allow-list before it is stored. Fails with `invalid_field`, `article_not_found`,
/// `not_author`.
struct save_article {
  using reply = storage::saved_article;
  article_id id = 0; ///< 0 makes a new one.
  user_id author = 0;
  std::string title;
  std::string content;
  bool publish = false;
};

/// As the storage commands of the like names, with time and day filled in by the actor.
struct withdraw_own_article {
  using reply = done;
  article_id id = 0;
  user_id author = 0;
};

struct delete_own_article {
  using reply = done;
  article_id id = 0;
  user_id author = 0;
};

struct set_like {
  using reply = storage::like_outcome;
  article_id id = 0;
  user_id user = 0;
  bool like = true;
};

struct add_to_collection {
  using reply = done;
  article_id id = 0;
  user_id user = 0;
  std::int64_t collection = 0;
};

/// The public copy; counts one read, written with the next batch.
struct read_article {
  using reply = storage::article_detail;
  article_id id = 0;
  user_id viewer = 0; ///< 0 = anonymous.
};

} // namespace tinybook

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tinybook::save_article)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tinybook::withdraw_own_article)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tinybook::delete_own_article)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tinybook::set_like)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tinybook::add_to_collection)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tinybook::read_article)
