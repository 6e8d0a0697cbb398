#include "http/api/article_json.hpp"

#include "actors/articles/html_text.hpp"

namespace tinybook::http {

namespace {

void write_times(json_writer& w, const storage::article_summary& item) {
  w.member("ctime", format_rfc3339(item.created_at));
  w.member("utime", format_rfc3339(item.updated_at));
}

void write_summary(json_writer& w, const storage::article_summary& item, list_kind kind) {
  w.begin_object().member("id", item.id).member("title", item.title);
  w.member("abstract", escape_html(item.abstract))
      .member("status", static_cast<int>(item.status));
  if (kind == list_kind::published)
    w.member("authorId", item.author).member("authorName", item.author_name);
  else
    w.member("takenDown", item.taken_down);
  write_times(w, item);
  w.end_object();
}

} // namespace

void write_list(json_writer& w, const storage::article_list& list, list_kind kind) {
  w.begin_array();
  for (const auto& item : list.items)
    write_summary(w, item, kind);
  w.end_array();
}

void write_detail(json_writer& w, const storage::article_detail& article) {
  const auto& summary = article.summary;
  w.begin_object().member("id", summary.id).member("title", summary.title);
  w.member("content", article.content);
  w.member("status", static_cast<int>(summary.status));
  w.member("authorId", summary.author).member("authorName", summary.author_name);
  w.member("readCnt", article.read_count).member("likeCnt", article.like_count);
  w.member("collectCnt", article.collect_count);
  w.member("liked", article.liked).member("collected", article.collected);
  w.member("takenDown", summary.taken_down);
  write_times(w, summary);
  w.end_object();
}

} // namespace tinybook::http
