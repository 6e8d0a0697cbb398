#include "actors/ranking/messages.hpp"
#include "http/api/respond.hpp"
#include "http/api/shared_fields.hpp"
#include "http/pages/board_view.hpp"
#include "http/pages/forms.hpp"
#include "http/pages/page_routes.hpp"
#include "storage/reading_commands.hpp"

#include <algorithm>
#include <ranges>

namespace tinybook::http {

namespace {

page_data board_row_data(const page_view& view, const board_row& row) {
  page_data out;
  set_text(out, "rank", std::to_string(row.rank));
  set_text(out, "id", std::to_string(row.id));
  set_text(out, "url", "/read/" + std::to_string(row.id));
  set_text(out, "title", row.title);
  set_text(out, "author", view.author(row.author_name));
  set_text(out, "likes", std::to_string(row.like_cnt));
  set_text(out, "likes_text", view.text("likes", row.like_cnt));
  out.set("own", row.author_id == view.request().user());
  return out;
}

page_data listed_article(const page_view& view, const storage::article_summary& item) {
  page_data out;
  set_text(out, "url", "/read/" + std::to_string(item.id));
  set_text(out, "title", item.title);
  set_text(out, "abstract", item.abstract);
  set_text(out, "author", view.author(item.author_name));
  set_text(out, "date", format_rfc3339(item.created_at));
  set_text(out, "date_text", view.day(item.created_at));
  return out;
}

constexpr std::int64_t articles_on_home = 20;
constexpr std::size_t rows_on_home = 10;

task<result<page_view>> make_home(call c, board_window window, article_id after) {
  auto found = co_await c.read(storage::list_newest_articles{after, articles_on_home});
  if (!found)
    co_return std::move(found.error());
  page_view view(c.env, c.request, "home_title");
  if (after == 0)
    view.come_back_to("/?board=" + std::string{name_of(window)});
  auto articles = page_list();
  for (const auto& item : found->items)
    articles.push_back(listed_article(view, item));
  view.data.set("articles", articles);
  view.data.set("empty", found->items.empty());
  view.data.set("newest", after == 0);
  if (found->next != 0)
    set_section(view.data, "older_url", "url", "/?after=" + std::to_string(found->next));
  view.data.set("board", board_data(view, window, rows_on_home, "/"));
  co_return view;
}

/// Nobody is logged in and nothing but the board is chosen: the page of everybody.
task<result<answer>> home_of_everybody(call c, board_window window) {
  auto& slot = c.env.pages->prepared.of(c.request.lang(), index_of(window));
  const auto now = std::chrono::steady_clock::now();
  if (const auto page = slot.usable(now))
    co_return prepared_answer(c.request, *page);
  auto view = co_await make_home(c, window, 0);
  if (!view)
    co_return std::move(view.error());
  co_return keep_prepared(c.request, slot, view->html("home"), now);
}

task<result<answer>> home(call c) {
  const auto window = window_asked(c.request);
  const auto after = c.request.fields.integer("after");
  if (!c.request.session && after == 0
      && cookies_of(c.request.raw, notice_cookie).empty())
    co_return co_await home_of_everybody(c, window);
  auto view = co_await make_home(c, window, after);
  if (!view)
    co_return std::move(view.error());
  co_return view->show("home");
}

/// By the board that is shown, or behind its rows by the board store.
task<result<board_row>> place_of(call c, board_window window, article_id id) {
  if (const auto board = c.env.live->board(window)) {
    const auto& rows = board->snapshot().rows;
    if (const auto at = std::ranges::find(rows, id, &board_row::id); at != rows.end())
      co_return *at;
  }
  const auto found = co_await c.ask(c.env.actors.ranking, find_rank{window, id, 0});
  if (!found)
    co_return found.error();
  if (found->board->rows.empty())
    co_return errc::article_not_found;
  co_return found->board->rows.front();
}

/// Adds to the data of a board where the newest published articles of who asks stand;
/// without a like one is on no board.
task<result<done>> add_own_places(call c, const page_view* view, board_window window,
                                  page_data* board) {
  if (!c.request.session)
    co_return done{};
  constexpr std::int64_t newest = 10;
  const auto own =
      co_await c.read(storage::list_own_articles{c.request.user(), 0, newest});
  if (!own)
    co_return own.error();
  std::vector<task<result<board_row>>> asked;
  for (const auto& item : own->items)
    if (item.status == storage::article_status::published)
      asked.push_back(place_of(c, window, item.id));
  std::vector<board_row> rows;
  for (auto& found : co_await when_all(std::move(asked)))
    if (found)
      rows.push_back(std::move(*found));
  std::ranges::sort(rows, {}, &board_row::rank);
  auto places = page_list();
  for (const auto& row : rows) {
    page_data shown;
    set_text(shown, "url", "/read/" + std::to_string(row.id));
    set_text(shown, "text", view->text("rank_of", {row.title, std::to_string(row.rank)}));
    places.push_back(shown);
  }
  board->set("places_none", places.is_empty_list());
  board->set("places", places);
  co_return done{};
}

task<result<answer>> ranking_page(call c) {
  const auto window = window_asked(c.request);
  page_view view(c.env, c.request, "ranking_title");
  set_text(view.data, "heading", view.text("ranking_title"));
  constexpr std::size_t all_rows = 100;
  auto board = board_data(view, window, all_rows, "/ranking");
  // Without them the board is still worth a look.
  static_cast<void>(co_await add_own_places(c, &view, window, &board));
  view.data.set("board", board);
  co_return view.show("ranking");
}

/// The board alone, for a page that is open.
task<result<answer>> board_part(call c) {
  page_view view(c.env, c.request, "ranking_title");
  const auto window = window_asked(c.request);
  const auto rows = static_cast<std::size_t>(c.request.fields.integer("rows"));
  const bool whole = rows > rows_on_home;
  view.data = board_data(view, window, rows, whole ? "/ranking" : "/");
  if (whole)
    if (auto added = co_await add_own_places(c, &view, window, &view.data); !added)
      co_return std::move(added.error());
  auto out = page_headers(200);
  put_page(c.request, out, view.html("board"));
  co_return out;
}

task<result<answer>> static_content(call c) {
  const auto& in = c.request.fields;
  const auto* found = c.env.pages->renderer.find(in.text("name"));
  if (found == nullptr || found->content.hash != in.text("hash")) // Another version.
    co_return errc::no_such_path;
  co_return cacheable_text(c.request, found->content,
                           "public, max-age=31536000, immutable", found->content_type);
}

task<result<answer>> choose_language(call c) {
  const auto to = own_path(c.request.fields.text("to"));
  auto out = see_other(to);
  for (const auto lang : every_language)
    if (c.request.fields.text("lang") == code_of(lang)) {
      constexpr std::chrono::hours year{24 * 365};
      out.headers.emplace_back("Set-Cookie", make_cookie(language_cookie, code_of(lang),
                                                         year, c.request.over_tls()));
    }
  co_return out;
}

} // namespace

board_window window_asked(const request_context& request) {
  const auto asked = request.raw.params.find("board");
  if (asked == request.raw.params.end())
    return board_window::all;
  const auto known = board_window_of(asked->second);
  return known ? *known : board_window::all;
}

page_data board_data(const page_view& view, board_window window, std::size_t rows,
                     std::string_view path) {
  page_data data;
  auto windows = page_list();
  for (const auto known : every_window) {
    const std::string name{name_of(known)};
    page_data tab;
    set_text(tab, "label", view.text("board_" + name));
    set_text(tab, "url", std::string{path} + "?board=" + name + "#board-title");
    tab.set("current", known == window);
    windows.push_back(tab);
  }
  data.set("windows", windows);
  auto shown = page_list();
  if (const auto board = view.env().live->board(window)) {
    const auto& snapshot = board->snapshot();
    for (const auto& row : snapshot.rows | std::views::take(rows))
      shown.push_back(board_row_data(view, row));
    const auto time = view.time_of_day(snapshot.as_of);
    set_text(data, "as_of", format_rfc3339(snapshot.as_of));
    set_text(data, "as_of_text", view.text("board_as_of", {time}));
    if (board->is_stale(view.env().clock(), view.env().settings.ranking.max_stale))
      set_section(data, "stale", "text", view.text("board_stale", {time}));
  }
  data.set("board_empty", shown.is_empty_list());
  data.set("rows", shown);
  set_text(data, "poll_url",
           "/board?board=" + std::string{name_of(window)}
               + "&rows=" + std::to_string(rows));
  return data;
}

std::vector<route> home_page_routes() {
  auto home_route = page_at("/", home, "The newest articles, and the ranking.",
                            auth_need::reader, asked_actor::store);
  home_route.prepared = true;
  home_route.query = {
      {.name = "after", .type = field_type::integer, .needed = presence::optional}};
  auto board = page_at("/board", board_part, "The ranking alone, as a part of a page.",
                       auth_need::reader, asked_actor::ranking);
  board.prepared = true;
  board.query = {{.name = "rows",
                  .type = field_type::integer,
                  .needed = presence::optional,
                  .min = 1,
                  .max = 100,
                  .fallback = 10}};
  auto files = page_at("/static/:hash/:name", static_content, "Style, script and icon.",
                       auth_need::none, asked_actor::none);
  files.path_fields = {{.name = "hash"}, {.name = "name"}};
  auto language = page_at("/language/:lang", choose_language, "Chooses a language.",
                          auth_need::none, asked_actor::none);
  language.path_fields = {{.name = "lang"}};
  language.query = {{.name = "to", .needed = presence::optional}};
  language.acts = true;
  return {std::move(home_route),
          page_at("/ranking", ranking_page, "The ranking, and one's own places.",
                  auth_need::reader, asked_actor::ranking),
          std::move(board), std::move(files), std::move(language)};
}

} // namespace tinybook::http
