#include "actors/articles/messages.hpp"
#include "http/api/by_size.hpp"
#include "http/api/error_texts.hpp"
#include "http/pages/forms.hpp"
#include "http/pages/page_routes.hpp"
#include "http/pages/plain_articles.hpp"
#include "http/text_tools.hpp"
#include "storage/reading_commands.hpp"
#include "storage/support/crypto.hpp"
#include "storage/support/encoding.hpp"
#include "storage/support/random.hpp"
#include "storage/support/validate.hpp"

#include <ranges>

namespace tinybook::http {

namespace {

constexpr auto article_fields = std::to_array<form_field>(
    {{.name = "title", .label = "article_title", .hint = "article_title_hint"},
     {.name = "content", .label = "article_content", .textarea = true}});
constexpr form_plan write_plan{.action = "/write",
                               .title = "write_title",
                               .submit = "publish",
                               .fields = article_fields};

std::string write_path(article_id id) {
  return "/write/" + std::to_string(id);
}

/// The stored article that a form changes, as it was when the form was made.
struct edited_article {
  article_id id = 0;
  std::string seen{}; ///< When it was changed last, in ms since 1970.
  std::optional<storage::article_status> status{};
  bool unpublished_changes = false;
  bool taken_down = false;
};

std::string_view status_text(storage::article_status status, bool unpublished_changes,
                             bool taken_down) {
  if (taken_down)
    return "status_taken_down";
  if (status == storage::article_status::draft)
    return "status_draft";
  if (status == storage::article_status::withdrawn)
    return "status_withdrawn";
  return unpublished_changes ? "status_changed" : "status_published";
}

void add_edited(page_view& view, page_data& hidden, const edited_article& edited) {
  auto& data = view.data;
  if (edited.id == 0)
    return;
  set_text(data, "heading", view.text("edit_title"));
  view.title(view.text("edit_title"));
  add_hidden(hidden, "id", std::to_string(edited.id));
  add_hidden(hidden, "seen", edited.seen);
  set_section(data, "delete_url", "url", write_path(edited.id) + "/delete");
  if (edited.status)
    set_section(data, "status_text", "text",
                view.text(status_text(*edited.status, edited.unpublished_changes,
                                      edited.taken_down)));
  if (edited.status == storage::article_status::published) {
    set_section(data, "withdraw_action", "url", write_path(edited.id) + "/withdraw");
    if (!edited.taken_down)
      set_section(data, "read_url", "url", "/read/" + std::to_string(edited.id));
  }
}

/// `key` makes sending the form twice do it once.
page_view writing_view(const call& c, const form_values& typed,
                       const edited_article& edited, const failure* why) {
  page_view view(c.env, c.request, write_plan.title);
  fill_form(view, write_plan, typed, why);
  auto hidden = page_list();
  system_random random;
  const auto key = sent_value(typed, "key");
  add_hidden(hidden, "key", key.empty() ? random_id(random) : std::string{key});
  add_edited(view, hidden, edited);
  view.data.set("hidden", hidden);
  return view;
}

task<result<answer>> show_writing(call c, page_view view, std::size_t bytes) {
  return page_view::show_by_size(c, std::move(view), "write", bytes);
}

/// The key stands in the address: who comes back to it goes on with what it has saved.
task<result<answer>> new_article_form(call c) {
  constexpr std::size_t key_bytes = 16; // Of `random_id`.
  const auto key = c.request.raw.get_param_value("key");
  if (const auto raw = base64url_decode(key); !raw || raw->size() != key_bytes) {
    system_random random;
    co_return see_other("/write?key=" + random_id(random));
  }
  const auto saved =
      co_await c.read(storage::find_saved_article{c.request.user(), sha256_hex(key)});
  if (saved)
    co_return see_other(write_path(saved->summary.id));
  if (saved.error().code != errc::article_not_found)
    co_return saved.error();
  const auto author = co_await c.read(storage::find_profile{c.request.user()});
  auto view = writing_view(c, {{"key", key}}, {}, nullptr);
  view.data.set("unnamed", author && author->nickname.empty());
  co_return view.show("write");
}

edited_article edited_of(const storage::article_detail& found) {
  return {found.summary.id, std::to_string(to_unix_ms(found.summary.updated_at)),
          found.summary.status, found.summary.unpublished_changes,
          found.summary.taken_down};
}

task<result<answer>> edit_article_form(call c) {
  const auto id = c.request.fields.integer("id");
  auto found = co_await c.read(storage::find_own_article{id, c.request.user()});
  if (!found)
    co_return std::move(found.error());
  std::optional<std::string> shown;
  if (c.request.raw.has_param("preview"))
    shown = with_lazy_pictures(found->content);
  const auto typed = std::make_shared<std::string>(std::move(found->content));
  const auto bytes = typed->size();
  const auto read =
      co_await do_by_size(c, bytes, [typed] { *typed = html_as_typed(*typed); });
  if (!read)
    co_return read.error();
  const form_values stored{{"title", found->summary.title}, {"content", *typed}};
  auto view = writing_view(c, stored, edited_of(*found), nullptr);
  view.data.set("unnamed", found->summary.author_name.empty());
  if (shown) {
    page_data preview;
    set_text(preview, "title", found->summary.title);
    set_text(preview, "content", *shown);
    view.data.set("preview", preview);
  }
  co_return co_await show_writing(c, std::move(view), bytes);
}

/// There is another text that was not seen: what was typed is shown again, and sending it
/// once more replaces what is there.
answer show_conflict(const call& c, const storage::article_detail& stored,
                     std::string_view text) {
  auto typed = c.request.form;
  typed.erase("key"); // It may be used up.
  auto view = writing_view(c, typed, edited_of(stored), nullptr);
  page_data conflict;
  set_text(conflict, "text", view.text(text));
  set_text(conflict, "url", write_path(stored.summary.id));
  view.data.set("conflict", conflict);
  view.data.set("has_error", true);
  return view.show("write", http_status(errc::wrong_state));
}

std::optional<storage::repeatable> repeat_of(const form_values& form) {
  const auto key = sent_value(form, "key");
  if (key.empty())
    return std::nullopt;
  constexpr auto parts =
      std::to_array<std::string_view>({"do", "id", "title", "content"});
  return storage::repeatable{sha256_hex(key), hash_of("/write", form, parts)};
}

/// Whether it is the form itself, sent twice, that has changed the article since.
task<bool> is_stored(call c, storage::article_detail stored, std::string html) {
  const auto title = check_title("title", c.request.fields.text("title"));
  if (!title || *title != stored.summary.title)
    co_return false;
  const auto cleaned =
      co_await c.ask(c.env.actors.cleaner, clean_article{std::move(html)});
  co_return cleaned && cleaned->content == stored.content;
}

/// The form was sent before with another text, which is what its article holds.
task<result<answer>> show_saved_before(call c) {
  const auto stored = co_await c.read(storage::find_saved_article{
      c.request.user(), sha256_hex(sent_value(c.request.form, "key"))});
  if (stored)
    co_return show_conflict(c, *stored, "sent_before");
  auto typed = c.request.form;
  typed.erase("key");
  co_return co_await show_writing(c, writing_view(c, typed, {}, &stored.error()),
                                  c.request.raw.body.size());
}

struct ready_to_save {
  std::string html;
  std::optional<storage::repeatable> repeat;
};

task<result<answer>> save_by_form(call c) {
  const auto& in = c.request.fields;
  const auto& form = c.request.form;
  const auto bytes = c.request.raw.body.size();
  edited_article edited{in.integer("id"), std::string{sent_value(form, "seen")}, {}};
  if (c.request.refused)
    co_return co_await show_writing(c, writing_view(c, form, edited, &*c.request.refused),
                                    bytes);
  const auto wish = sent_value(form, "do");
  const auto text = std::make_shared<const form_values>(form);
  const auto ready = std::make_shared<ready_to_save>();
  const auto made = co_await do_by_size(c, bytes, [text, ready] {
    ready->html = typed_as_html(sent_value(*text, "content"));
    ready->repeat = repeat_of(*text);
  });
  if (!made)
    co_return made.error();
  if (edited.id != 0) {
    const auto stored =
        co_await c.read(storage::find_own_article{edited.id, c.request.user()});
    if (!stored && stored.error().code == errc::article_not_found)
      edited = {}; // Deleted elsewhere: what was typed can be saved as a new one.
    if (!stored)
      co_return co_await show_writing(c, writing_view(c, form, edited, &stored.error()),
                                      bytes);
    const bool changed = !edited.seen.empty() && edited_of(*stored).seen != edited.seen;
    if (changed && !co_await is_stored(c, *stored, ready->html))
      co_return show_conflict(c, *stored, "conflict_text");
    edited.status = stored->summary.status;
    edited.unpublished_changes = stored->summary.unpublished_changes;
    edited.taken_down = stored->summary.taken_down;
  }
  const bool publish = wish == "publish";
  const auto saved = co_await c.ask(
      c.env.actors.articles,
      save_article{edited.id, c.request.user(), in.text("title"), std::move(ready->html),
                   publish, std::move(ready->repeat), publish});
  if (!saved && saved.error().code == errc::key_reused)
    co_return co_await show_saved_before(c);
  if (!saved)
    co_return co_await show_writing(c, writing_view(c, form, edited, &saved.error()),
                                    bytes);
  const auto id = std::to_string(saved->id);
  if (publish)
    co_return see_other(c.request, "/read/" + id, "published");
  co_return see_other(c.request, "/write/" + id + (wish == "preview" ? "?preview=1" : ""),
                      "saved");
}

/// Done already is as good: the form was sent twice.
template <class Command>
task<result<answer>> change_by_form(call c, errc done_before, std::string_view notice) {
  const auto changed = co_await c.ask(
      c.env.actors.articles, Command{c.request.fields.integer("id"), c.request.user()});
  if (!changed && changed.error().code != done_before)
    co_return changed.error();
  co_return see_other(c.request, "/mine", notice);
}

task<result<answer>> withdraw_by_form(call c) {
  return change_by_form<withdraw_own_article>(c, errc::wrong_state, "withdrawn");
}

task<result<answer>> delete_by_form(call c) {
  return change_by_form<delete_own_article>(c, errc::article_not_found, "deleted");
}

task<result<answer>> delete_form(call c) {
  const auto id = c.request.fields.integer("id");
  const auto found = co_await c.read(storage::find_own_article{id, c.request.user()});
  if (!found)
    co_return found.error();
  page_view view(c.env, c.request, "delete_title");
  auto& data = view.data;
  set_text(data, "heading", view.text("delete_title"));
  set_text(data, "text", view.text("delete_text", {found->summary.title}));
  set_text(data, "action", write_path(id) + "/delete");
  set_text(data, "submit", view.text("delete_submit"));
  set_text(data, "cancel_url", write_path(id));
  data.set("danger", true);
  co_return view.show("confirm");
}

page_data own_row(const page_view& view, const storage::article_summary& item) {
  page_data row;
  set_text(row, "title", item.title);
  set_text(row, "edit_url", write_path(item.id));
  set_text(row, "updated", format_rfc3339(item.updated_at));
  set_text(row, "updated_text", view.day(item.updated_at));
  if (item.status == storage::article_status::published && !item.taken_down) {
    row.set("published", true);
    set_section(row, "read_url", "url", "/read/" + std::to_string(item.id));
  }
  set_text(
      row, "status_text",
      view.text(status_text(item.status, item.unpublished_changes, item.taken_down)));
  return row;
}

task<result<answer>> my_articles(call c) {
  constexpr std::int64_t page = 20;
  const auto offset = c.request.fields.integer("offset");
  const auto own =
      co_await c.read(storage::list_own_articles{c.request.user(), offset, page + 1});
  if (!own)
    co_return own.error();
  page_view view(c.env, c.request, "mine_title");
  auto& data = view.data;
  set_text(data, "heading", view.text("mine_title"));
  auto rows = page_list();
  for (const auto& item : own->items | std::views::take(page))
    rows.push_back(own_row(view, item));
  data.set("articles", rows);
  data.set("empty", own->items.empty());
  const auto at = [](std::int64_t from) {
    return "/mine?offset=" + std::to_string(from);
  };
  if (offset > 0)
    set_section(data, "newer_url", "url", at(std::max<std::int64_t>(offset - page, 0)));
  if (std::ssize(own->items) > page)
    set_section(data, "older_url", "url", at(offset + page));
  co_return view.show("mine");
}

} // namespace

std::vector<route> writing_page_routes() {
  using enum auth_need;
  constexpr auto store = asked_actor::store;
  const field_spec number{.name = "id", .type = field_type::integer, .min = 1};
  const auto of_one = [&](route made) {
    made.path_fields = {number};
    return made;
  };
  auto mine = page_at("/mine", my_articles, "The own articles.", required, store);
  mine.query = {
      {.name = "offset", .type = field_type::integer, .needed = presence::optional}};
  const auto change = [&](std::string_view path, handler handle,
                          std::string_view summary) {
    return of_one(form_at(path, handle, asked_actor::articles, summary, {}, required));
  };
  return {
      page_at("/write", new_article_form, "The form for a new article.", required, store),
      form_at("/write", save_by_form, asked_actor::articles, "Saves or publishes.",
              same_fields_as("/articles/publish"), required),
      of_one(page_at("/write/:id", edit_article_form, "The form of an article.", required,
                     store)),
      change("/write/:id/withdraw", withdraw_by_form,
             "Takes an article out of public view."),
      of_one(page_at("/write/:id/delete", delete_form, "Asks whether to delete it.",
                     required, store)),
      change("/write/:id/delete", delete_by_form, "Deletes an article."),
      std::move(mine),
  };
}

} // namespace tinybook::http
