#pragma once

#include "storage/article_store.hpp"
#include "storage/event_store.hpp"
#include "tests/storage/conformance/fixture.hpp"

#include <string>
#include <vector>

namespace tinybook::test {

/// Shorthands over one connection for the suites of articles, likes and events.
class article_client {
 public:
  explicit article_client(storage::connection& db) : db_(db) {}

  [[nodiscard]] static storage::article_text text(user_id author,
                                                  const std::string& title) {
    return {.id = 0,
            .author = author,
            .title = title,
            .content = "<p>" + title + "</p>",
            .abstract = "about " + title};
  }

  article_id draft(user_id author, const std::string& title, wall_time now = some_day) {
    return must(db_, storage::save_draft{text(author, title), now}).id;
  }
  article_id publish(user_id author, const std::string& title, wall_time now = some_day) {
    return must(db_, storage::publish_article{text(author, title), now}).id;
  }
  storage::like_outcome like(article_id id, user_id user, bool on = true,
                             wall_time now = some_day) {
    return must(db_, storage::like_article{id, user, on, now, {}});
  }
  storage::article_detail seen(article_id id, user_id viewer = 0) {
    return must(db_, storage::find_public_article{id, viewer});
  }
  errc absent(article_id id) {
    return error_of(db_, storage::find_public_article{id, 0});
  }
  std::vector<article_event> events() {
    std::vector<article_event> out;
    for (auto& stored : must(db_, storage::pending_events{10'000}).events)
      out.push_back(std::move(stored.event));
    return out;
  }
  article_event last_event() {
    const auto all = events();
    REQUIRE_FALSE(all.empty());
    return all.back();
  }

 private:
  storage::connection& db_;
};

} // namespace tinybook::test
