#include "http/api/error_texts.hpp"
#include "http/api/public_routes.hpp"
#include "http/openapi/errors_of.hpp"
#include "http/openapi/schema_json.hpp"
#include "http/pages/page_routes.hpp"
#include "http/pages/page_view.hpp"

#include <algorithm>
#include <map>

namespace tinybook::http {

namespace {

std::string bounds_text(const ordered_json& shape, const char* least, const char* most) {
  const bool open = !shape.contains(most) || shape[most] == max_json_integer;
  if (!shape.contains(least))
    return open ? "" : "at most " + shape[most].dump();
  if (open)
    return shape[least] == 0 ? "" : "from " + shape[least].dump();
  return shape[least].dump() + " to " + shape[most].dump();
}

/// `string, 8 to 128 characters`
std::string kind_text(const ordered_json& shape) {
  if (shape.contains("enum")) {
    std::string words;
    for (const auto& word : shape["enum"])
      words += (words.empty() ? "" : ", ") + word.get<std::string>();
    return words;
  }
  const auto type = shape["type"].is_array() ? shape["type"].front() : shape["type"];
  auto text = type.get<std::string>();
  const bool number = type == "integer";
  const auto bounds = number ? bounds_text(shape, "minimum", "maximum")
                             : bounds_text(shape, "minLength", "maxLength");
  if (!bounds.empty())
    text += ", " + bounds + (number ? "" : " characters");
  if (shape["type"].is_array())
    text += " or null";
  return text;
}

page_data member_data(std::string_view name, const ordered_json& shape, bool needed) {
  page_data out;
  set_text(out, "name", name);
  const auto about = shape.value("description", std::string{});
  set_text(out, "kind", kind_text(shape) + (about.empty() ? "" : ". " + about));
  out.set("needed", needed);
  return out;
}

void set_members(page_data& to, const page_data& members) {
  to.set("has_members", members.is_non_empty_list());
  to.set("members", members);
}

/// The members of `of` and of what it holds: `items[].title`.
void add_members(page_data& list, const schema& of, const std::string& prefix) {
  if (of.what == schema::kind::list) {
    add_members(list, *of.items, prefix + "[]");
    return;
  }
  for (std::size_t i = 0; i < of.member_count; ++i) {
    const auto& [name, inner, sometimes] = of.members[i];
    const auto path = prefix + (prefix.empty() ? "" : ".") + std::string{name};
    ordered_json unused;
    auto shape = inner;
    shape.name = {}; // Written out.
    list.push_back(member_data(path, schema_json(shape, unused), false));
    add_members(list, inner, path);
  }
}

page_data inputs_data(const route& of, const config::settings& from) {
  auto members = page_list();
  ordered_json body;
  for (const auto* fields : {&of.path_fields, &of.query, &of.body})
    for (const auto& spec : *fields) {
      const auto shape = field_json(spec, from);
      members.push_back(member_data(spec.name, shape, spec.needed == presence::required));
      if (fields == &of.body)
        body[std::string{spec.name}] = shape["examples"].front();
    }
  page_data out;
  set_members(out, members);
  if (!body.empty())
    set_section(out, "sample", "text", body.dump(2));
  return out;
}

page_data answer_data(const route& of) {
  const auto& promised = of.promised;
  page_data out;
  auto members = page_list();
  add_members(members, *promised.data, promised.bare ? "" : "data");
  set_members(out, members);
  const auto data = sample_of(*promised.data);
  const ordered_json envelope{{"code", 0}, {"msg", of.done.en}, {"data", data}};
  set_text(out, "sample", (promised.bare ? data : envelope).dump(2));
  return out;
}

page_data errors_data(const std::vector<errc>& errors, language lang) {
  auto list = page_list();
  for (const auto code : errors) {
    page_data one;
    set_text(one, "status", std::to_string(http_status(code)));
    set_text(one, "name", describe(code).name);
    set_text(one, "number", std::to_string(describe(code).number));
    set_text(one, "text", text_of(code, lang));
    list.push_back(one);
  }
  return list;
}

std::string_view login_text(auth_need need, bool login_to_read) {
  if (need == auth_need::refresh)
    return "docs_login_refresh";
  if (need == auth_need::none)
    return "docs_login_none";
  return needs_login(need, login_to_read) ? "docs_login_required" : "docs_login_optional";
}

page_data operation_data(const route& of, const page_view& view) {
  const auto& settings = view.env().settings;
  const bool login_to_read = settings.http.require_login_to_read;
  page_data out;
  set_text(out, "id", of.promised.id);
  set_text(out, "method", of.method);
  set_text(out, "path", of.path);
  set_text(out, "summary", of.summary);
  set_text(out, "login", view.text(login_text(of.auth, login_to_read)));
  const bool takes = !of.body.empty() || !of.path_fields.empty() || !of.query.empty();
  out.set("takes", takes ? inputs_data(of, settings) : page_data{false});
  out.set("gives", of.promised.data != nullptr ? answer_data(of) : page_data{false});
  const auto of_all = errors_of({}, login_to_read);
  auto errors = errors_of(of, login_to_read);
  std::erase_if(
      errors, [&](errc code) { return std::ranges::find(of_all, code) != of_all.end(); });
  out.set("has_errors", !errors.empty());
  out.set("errors", errors_data(errors, view.lang()));
  return out;
}

void fill_reference(page_view& view) {
  std::vector<std::pair<route_tag, page_data>> groups;
  for (const auto& one : api_routes()) {
    if (groups.empty() || groups.back().first.name != one.promised.tag.name)
      groups.emplace_back(one.promised.tag, page_list());
    groups.back().second.push_back(operation_data(one, view));
  }
  auto list = page_list();
  for (auto& [tag, operations] : groups) {
    page_data group;
    std::string anchor{tag.name};
    std::ranges::replace(anchor, ' ', '-');
    set_text(group, "anchor", anchor);
    set_text(group, "name", tag.name);
    set_text(group, "about", tag.about);
    group.set("operations", operations);
    list.push_back(group);
  }
  view.data.set("groups", list);
  view.data.set("errors", errors_data(errors_of({}, false), view.lang()));
}

/// The same for all, made when it is first asked for: without a query, which pages show.
task<result<answer>> show_reference(call c) {
  if (!c.request.raw.params.empty())
    co_return see_other("/docs");
  auto& slot = c.env.pages->prepared.reference(c.request.lang());
  if (const auto page = slot.last())
    co_return prepared_answer(c.request, *page);
  page_view view(c.env, c.request, "docs_title");
  fill_reference(view);
  co_return keep_prepared(c.request, slot, view.html("docs"),
                          std::chrono::steady_clock::now());
}

} // namespace

std::vector<route> reference_page_routes() {
  return {page_at("/docs", show_reference, "The reference of the API.", auth_need::none,
                  asked_actor::none)};
}

} // namespace tinybook::http
