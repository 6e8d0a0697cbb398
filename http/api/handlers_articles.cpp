#include "actors/articles/messages.hpp"
#include "http/api/article_json.hpp"
#include "http/api/public_routes.hpp"
#include "http/api/respond.hpp"
#include "http/api/shared_fields.hpp"
#include "storage/reading_commands.hpp"

namespace tinybook::http {

namespace {

task<result<answer>> save(call c, bool publish) {
  const auto& in = c.request.fields;
  auto saved =
      co_await c.ask(c.env.actors.articles,
                     save_article{in.integer("id"), c.request.user(), in.text("title"),
                                  in.text("content"), publish, c.request.repeat});
  if (!saved)
    co_return std::move(saved.error());
  co_return success(c.request, std::to_string(saved->id));
}

task<result<answer>> edit(call c) {
  return save(c, false);
}

task<result<answer>> publish(call c) {
  return save(c, true);
}

template <class Command>
task<result<answer>> change(call c) {
  auto changed = co_await c.ask(
      c.env.actors.articles, Command{c.request.fields.integer("id"), c.request.user()});
  if (!changed)
    co_return std::move(changed.error());
  co_return success(c.request);
}

task<result<answer>> list_own(call c) {
  auto limit = page_limit(c.env, c.request);
  if (!limit)
    co_return std::move(limit.error());
  auto listed = co_await c.read(storage::list_own_articles{
      c.request.user(), c.request.fields.integer("offset"), *limit});
  if (!listed)
    co_return std::move(listed.error());
  std::string data;
  json_writer w(data);
  write_list(w, *listed, list_kind::own);
  co_return success(c.request, data);
}

task<result<answer>> show_own(call c) {
  auto found = co_await c.read(
      storage::find_own_article{c.request.fields.integer("id"), c.request.user()});
  if (!found)
    co_return std::move(found.error());
  std::string data;
  json_writer w(data);
  write_detail(w, *found);
  co_return success(c.request, data);
}

task<result<answer>> like(call c) {
  const auto& in = c.request.fields;
  auto liked =
      co_await c.ask(c.env.actors.articles,
                     set_like{in.integer("id"), c.request.user(), in.flag("like")});
  if (!liked)
    co_return std::move(liked.error());
  co_return success_object(c.request, [&](json_writer& w) {
    w.member("liked", in.flag("like")).member("likeCnt", liked->like_count);
  });
}

task<result<answer>> collect(call c) {
  const auto& in = c.request.fields;
  auto collected = co_await c.ask(
      c.env.actors.articles,
      add_to_collection{in.integer("id"), c.request.user(), in.integer("cid")});
  if (!collected)
    co_return std::move(collected.error());
  co_return success(c.request);
}

constexpr schema article_id_schema =
    schema::id(1).says("Of the article.").named("ArticleId");

constexpr schema_member liked_members[] = {
    {"liked", schema::flag(true)}, {"likeCnt", schema::count(1).says("Of all readers.")}};
constexpr schema liked_schema = schema::object(liked_members).named("Liked");

/// A route that changes something for who is logged in.
route change_route(std::string_view path, handler handle, std::string_view summary,
                   sentence done, std::vector<field_spec> body, contract promised) {
  return {.method = "POST",
          .path = path,
          .auth = auth_need::required,
          .asks = asked_actor::articles,
          .handle = handle,
          .summary = summary,
          .done = done,
          .body = std::move(body),
          .promised = std::move(promised)};
}

route save_route(std::string_view path, std::string_view id, handler handle,
                 std::string_view summary, sentence done) {
  auto made = change_route(
      path, handle, summary, done,
      {{.name = "id", .type = field_type::integer, .needed = presence::optional},
       {.name = "title", .means = field_meaning::article_title},
       {.name = "content",
        .type = field_type::text,
        .means = field_meaning::article_content}},
      {.id = id,
       .data = &article_id_schema,
       .errors = {errc::not_author, errc::article_not_found, errc::user_not_found,
                  errc::article_taken_down, errc::quota_reached}});
  made.limit = body_limit::article;
  made.takes_key = true;
  return made;
}

route like_route(std::string_view path, std::string_view id) {
  return change_route(
      path, like, "Likes an article, or takes the like back.", {},
      {article_id_field, {.name = "like", .type = field_type::boolean}},
      {.id = id, .data = &liked_schema, .errors = {errc::article_not_found}});
}

route collect_route(std::string_view path, std::string_view id) {
  return change_route(path, collect, "Puts an article into a collection.",
                      {"The article is in your collection.", "已收藏。"},
                      {article_id_field,
                       {.name = "cid",
                        .type = field_type::integer,
                        .needed = presence::optional,
                        .means = field_meaning::collection}},
                      {.id = id, .errors = {errc::article_not_found}});
}

} // namespace

std::vector<route> article_routes() {
  return {
      save_route("/articles/edit", "saveDraft", edit,
                 "Saves a draft; id 0 or absent makes a new one.",
                 {"The draft has been saved.", "草稿已保存。"}),
      save_route("/articles/publish", "publishArticle", publish, "Saves and publishes.",
                 {"The article has been published.", "文章已发表。"}),
      change_route(
          "/articles/withdraw", change<withdraw_own_article>,
          "Takes an article out of public view.",
          {"The article has been withdrawn.", "文章已撤回。"}, {article_id_field},
          {.id = "withdrawArticle",
           .errors = {errc::not_author, errc::article_not_found, errc::wrong_state}}),
      change_route(
          "/articles/delete", change<delete_own_article>, "Deletes an article.",
          {"The article has been deleted.", "文章已删除。"}, {article_id_field},
          {.id = "deleteArticle", .errors = {errc::not_author, errc::article_not_found}}),
      {.method = "POST",
       .path = "/articles/list",
       .auth = auth_need::required,
       .asks = asked_actor::store,
       .handle = list_own,
       .summary = "The own articles, newest change first.",
       .body = {{.name = "offset",
                 .type = field_type::integer,
                 .needed = presence::optional},
                page_limit_field()},
       .promised = {.id = "listOwnArticles", .data = &own_articles_schema}},
      {.method = "GET",
       .path = "/articles/detail/:id",
       .auth = auth_need::required,
       .asks = asked_actor::store,
       .handle = show_own,
       .summary = "The author's copy of an article.",
       .path_fields = {article_id_field},
       .promised = {.id = "getOwnArticle",
                    .data = &article_schema,
                    .errors = {errc::not_author, errc::article_not_found}}},
      like_route("/articles/like", "likeArticle"),
      like_route("/articles/pub/like", "likePublicArticle"),
      collect_route("/articles/collect", "collectArticle"),
      collect_route("/articles/pub/collect", "collectPublicArticle"),
  };
}

} // namespace tinybook::http
