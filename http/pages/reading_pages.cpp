#include "actors/articles/messages.hpp"
#include "http/api/json_writer.hpp"
#include "http/api/shared_reads.hpp"
#include "http/pages/forms.hpp"
#include "http/pages/page_routes.hpp"
#include "http/pages/plain_articles.hpp"
#include "storage/reading_commands.hpp"

namespace tinybook::http {

namespace {

std::string path_of_article(article_id id) {
  return "/read/" + std::to_string(id);
}

task<result<answer>> read_page(call c) {
  const auto id = c.request.fields.integer("id");
  auto found = co_await read_public_article(c, id);
  if (!found)
    co_return std::move(found.error());
  const auto& summary = found->summary;
  page_view view(c.env, c.request, "home_title");
  view.title(summary.title);
  auto& data = view.data;
  set_text(data, "article_title", summary.title);
  set_text(data, "author", view.author(summary.author_name));
  set_text(data, "date", format_rfc3339(summary.created_at));
  set_text(data, "date_text", view.day(summary.created_at));
  set_text(data, "reads_text", view.text("reads", found->read_count));
  set_text(data, "likes_text", view.text("likes", found->like_count));
  set_text(data, "collects_text", view.text("collects", found->collect_count));
  set_text(data, "content", with_lazy_pictures(found->content));
  data.set("liked", found->liked);
  data.set("collected", found->collected);
  data.set("anonymous", !c.request.session);
  set_text(data, "like_action", path_of_article(id) + "/like");
  set_text(data, "collect_action", path_of_article(id) + "/collect");
  set_text(data, "login_url", "/login?next=" + path_of_article(id));
  if (summary.author == c.request.user() && c.request.session)
    set_section(data, "own", "edit_url", "/write/" + std::to_string(id));
  co_return co_await page_view::show_by_size(c, std::move(view), "read",
                                             found->content.size());
}

/// What the script is told; without one the page is shown again.
answer pressed(const call& c, bool now, const std::string& text) {
  if (header_of(c.request.raw, "Accept") != "application/json")
    return see_other(path_of_article(c.request.fields.integer("id")));
  answer out;
  json_writer(out.body)
      .begin_object()
      .member("pressed", now)
      .member("text", text)
      .end_object();
  return out;
}

task<result<answer>> like_by_form(call c) {
  if (c.request.refused)
    co_return *c.request.refused;
  const auto& in = c.request.fields;
  const bool like = in.flag("like");
  const auto liked = co_await c.ask(c.env.actors.articles,
                                    set_like{in.integer("id"), c.request.user(), like});
  if (!liked)
    co_return liked.error();
  const page_view view(c.env, c.request, "home_title");
  co_return pressed(c, like, view.text("likes", liked->like_count));
}

task<result<answer>> collect_by_form(call c) {
  if (c.request.refused)
    co_return *c.request.refused;
  const auto collected = co_await c.ask(
      c.env.actors.articles,
      add_to_collection{c.request.fields.integer("id"), c.request.user(), 0});
  if (!collected)
    co_return collected.error();
  const page_view view(c.env, c.request, "home_title");
  co_return pressed(c, true, view.text("done_collected"));
}

} // namespace

std::vector<route> reading_page_routes() {
  const std::vector<field_spec> by_id{
      {.name = "id", .type = field_type::integer, .min = 1}};
  auto read = page_at("/read/:id", read_page, "An article.", auth_need::reader,
                      asked_actor::store);
  read.path_fields = by_id;
  auto like =
      form_at("/read/:id/like", like_by_form, asked_actor::articles,
              "Likes an article, or takes the like back.",
              {{.name = "like", .type = field_type::boolean}}, auth_need::required);
  like.path_fields = by_id;
  auto collect = form_at("/read/:id/collect", collect_by_form, asked_actor::articles,
                         "Puts an article into the collection.", {}, auth_need::required);
  collect.path_fields = by_id;
  return {std::move(read), std::move(like), std::move(collect)};
}

} // namespace tinybook::http
