#pragma once

#include "storage/article_store.hpp"
#include "storage/postgres/handle.hpp"

namespace tinybook::storage::postgres {

/// Articles, likes and collections in PostgreSQL.
class postgres_article_store final : public article_store {
 public:
  explicit postgres_article_store(handle& db) : db_(db) {}

  result<saved_article> run(const save_draft& command) override;
  result<saved_article> run(const publish_article& command) override;
  result<done> run(const withdraw_article& command) override;
  result<done> run(const delete_article& command) override;
  result<article_list> run(const list_own_articles& command) override;
  result<article_detail> run(const find_own_article& command) override;
  result<article_detail> run(const find_public_article& command) override;
  result<article_list> run(const list_newest_articles& command) override;
  result<like_outcome> run(const like_article& command) override;
  result<done> run(const collect_article& command) override;
  result<done> run(const add_reads& command) override;
  result<removed_count> run(const remove_kept_answers& command) override;
  result<event_page> run(const list_board_rows& command) override;
  result<event_page> run(const list_board_days& command) override;
  result<event_page> run(const list_top_articles& command) override;

 private:
  handle& db_;
};

} // namespace tinybook::storage::postgres
