#pragma once

#include "storage/article_store.hpp"
#include "storage/audit_store.hpp"
#include "storage/own_data.hpp"
#include "storage/session_store.hpp"
#include "storage/user_store.hpp"

namespace tinybook::storage {

/// What a request may read with no actor between, because no rule but that of the command
/// applies: none of these writes, and none tells a secret.
struct reading_commands
    : commands<find_profile, list_own_articles, find_own_article, find_saved_article,
               find_public_article, list_newest_articles, list_audit, list_user_families,
               next_own_article, list_own_likes, list_own_collected, list_own_sessions,
               list_own_messages, list_own_traces, find_proof> {};

} // namespace tinybook::storage
