#include "actors/articles/messages.hpp"
#include "http/api/article_json.hpp"
#include "http/api/public_routes.hpp"
#include "http/api/respond.hpp"
#include "http/api/shared_fields.hpp"
#include "http/api/shared_reads.hpp"
#include "storage/reading_commands.hpp"

namespace tinybook::http {

namespace {

/// Reads are statistics: an actor that is stuck is not fed without end.
void count_read(const address<articles_actor>& articles, article_id id) {
  constexpr std::size_t most_waiting = 4096;
  if (articles.meter()->mailbox() < most_waiting)
    tell(articles, article_read{id});
}

task<result<answer>> read(call c) {
  auto found = co_await read_public_article(c, c.request.fields.integer("id"));
  if (!found)
    co_return std::move(found.error());
  std::string data;
  json_writer w(data);
  write_detail(w, *found);
  co_return success(c.request, data);
}

task<result<answer>> list_newest(call c) {
  auto limit = page_limit(c.env, c.request);
  if (!limit)
    co_return std::move(limit.error());
  auto listed = co_await c.read(
      storage::list_newest_articles{c.request.fields.integer("after"), *limit});
  if (!listed)
    co_return std::move(listed.error());
  co_return success_object(c.request, [&](json_writer& w) {
    w.key("items");
    write_list(w, *listed, list_kind::published);
    // Null at the end: 0 as `after` would begin anew.
    w.key("next");
    if (listed->next == 0)
      w.null();
    else
      w.value(listed->next);
  });
}

constexpr schema_member page_members[] = {
    {"items", public_articles_schema},
    {"next",
     schema::id(1).says("The `after` of the next page; null at the end.").or_null()}};
constexpr schema page_schema = schema::object(page_members).named("ArticlePage");

} // namespace

task<result<storage::article_detail>> read_public_article(call c, article_id id) {
  auto found = co_await c.read(storage::find_public_article{id, c.request.user()});
  if (found && c.request.raw.method != "HEAD") {
    count_read(c.env.actors.articles, id);
    ++found->read_count; // Who reads sees it counted.
  }
  co_return found;
}

std::vector<route> reading_routes() {
  return {
      {.method = "GET",
       .path = "/articles/pub/:id",
       .auth = auth_need::reader,
       .asks = asked_actor::store,
       .handle = read,
       .summary = "A published article; counts a read.",
       .path_fields = {article_id_field},
       .promised = {.id = "readArticle",
                    .data = &article_schema,
                    .errors = {errc::article_not_found}}},
      {.method = "GET",
       .path = "/articles/pub",
       .auth = auth_need::reader,
       .asks = asked_actor::store,
       .handle = list_newest,
       .summary = "Published articles, newest first, page by page.",
       .query = {{.name = "after",
                  .type = field_type::integer,
                  .needed = presence::optional},
                 page_limit_field()},
       .promised = {.id = "listNewestArticles", .data = &page_schema}},
  };
}

} // namespace tinybook::http
