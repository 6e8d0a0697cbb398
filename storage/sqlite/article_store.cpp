#include "storage/sqlite/article_store.hpp"

namespace tinybook::storage::sqlite {

result<saved_article> sqlite_article_store::run(const save_draft&) {
  static_cast<void>(db_);
  return errc::internal;
}

result<saved_article> sqlite_article_store::run(const publish_article&) {
  static_cast<void>(db_);
  return errc::internal;
}

result<done> sqlite_article_store::run(const withdraw_article&) {
  static_cast<void>(db_);
  return errc::internal;
}

result<done> sqlite_article_store::run(const delete_article&) {
  static_cast<void>(db_);
  return errc::internal;
}

result<article_list> sqlite_article_store::run(const list_own_articles&) {
  static_cast<void>(db_);
  return errc::internal;
}

result<article_detail> sqlite_article_store::run(const find_own_article&) {
  static_cast<void>(db_);
  return errc::internal;
}

result<article_detail> sqlite_article_store::run(const find_public_article&) {
  static_cast<void>(db_);
  return errc::internal;
}

result<article_list> sqlite_article_store::run(const list_newest_articles&) {
  static_cast<void>(db_);
  return errc::internal;
}

result<like_outcome> sqlite_article_store::run(const like_article&) {
  static_cast<void>(db_);
  return errc::internal;
}

result<done> sqlite_article_store::run(const collect_article&) {
  static_cast<void>(db_);
  return errc::internal;
}

result<done> sqlite_article_store::run(const add_reads&) {
  static_cast<void>(db_);
  return errc::internal;
}

result<event_page> sqlite_article_store::run(const list_board_rows&) {
  static_cast<void>(db_);
  return errc::internal;
}

result<event_page> sqlite_article_store::run(const list_top_articles&) {
  static_cast<void>(db_);
  return errc::internal;
}

} // namespace tinybook::storage::sqlite
