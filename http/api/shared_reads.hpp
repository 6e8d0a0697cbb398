#pragma once

#include "http/api/environment.hpp"
#include "storage/article_store.hpp"

namespace tinybook::http {

/// A published article as who asks sees it; counted as read, unless it is a HEAD that
/// asks. Fails with `article_not_found`.
task<result<storage::article_detail>> read_public_article(call c, article_id id);

} // namespace tinybook::http
