#include "http/api/error_texts.hpp"
#include "http/api/public_routes.hpp"
#include "http/openapi/document.hpp"
#include "http/openapi/errors_of.hpp"
#include "http/openapi/schema_json.hpp"
#include "http/pages/page_routes.hpp"
#include "http/pages/page_view.hpp"

#include <algorithm>
#include <iterator>
#include <set>

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

void add_row(page_data& to, std::string_view name, const ordered_json& shape,
             const ordered_json& sample) {
  page_data row;
  set_text(row, "name", name);
  const auto about = shape.value("description", std::string{});
  set_text(row, "kind", kind_text(shape) + (about.empty() ? "" : ". " + about));
  set_text(row, "sample", sample.is_string() ? sample.get<std::string>() : sample.dump());
  to.push_back(row);
}

/// The values in `of`, each with where it is: `data.items[].title`.
void add_values(page_data& to, const schema& of, const std::string& path) {
  if (of.what == schema::kind::list)
    return add_values(to, *of.items, path + "[]");
  for (std::size_t i = 0; i < of.member_count; ++i) {
    const auto& [name, inner, sometimes] = of.members[i];
    add_values(to, inner, path + (path.empty() ? "" : ".") + std::string{name});
  }
  if (of.member_count > 0 || of.what == schema::kind::any)
    return;
  auto shape = of;
  shape.name = {}; // Written out.
  ordered_json unused;
  add_row(to, path, schema_json(shape, unused), sample_of(of));
}

page_data inputs_of(const route& of, const config::settings& from) {
  auto rows = page_list();
  for (const auto* fields : {&of.path_fields, &of.query, &of.body})
    for (const auto& spec : *fields) {
      const auto shape = field_json(spec, from);
      add_row(rows,
              std::string{spec.name} + (spec.needed == presence::required ? "*" : ""),
              shape, shape["examples"].front());
    }
  return rows;
}

page_data values_of_answer(const route& of) {
  auto rows = page_list();
  const auto& promised = of.promised;
  if (promised.data != nullptr && promised.data->what != schema::kind::null)
    add_values(rows, *promised.data, promised.bare ? "" : "data");
  return rows;
}

template <class Items, class Name>
std::string joined(const Items& items, Name name) {
  std::string out;
  for (const auto& item : items)
    out.append(out.empty() ? "" : ", ").append(name(item));
  return out;
}

std::string names_of(const std::vector<errc>& errors) {
  return joined(errors, [](errc code) { return describe(code).name; });
}

std::string_view login_text(auth_need need, bool login_to_read) {
  if (need == auth_need::refresh)
    return "docs_login_refresh";
  if (need == auth_need::none)
    return "docs_login_none";
  return needs_login(need, login_to_read) ? "docs_login_required" : "docs_login_optional";
}

page_data operation_data(const route& of, const page_view& view,
                         const std::vector<errc>& errors) {
  const auto& settings = view.env().settings;
  page_data out;
  set_text(out, "id", of.promised.id);
  set_text(out, "method", of.method);
  set_text(out, "path", of.path);
  set_text(out, "summary", of.summary);
  set_text(out, "login",
           view.text(login_text(of.auth, settings.http.require_login_to_read)));
  auto tables = page_list();
  for (const auto& [heading, rows] : {std::pair{"docs_inputs", inputs_of(of, settings)},
                                      std::pair{"docs_answer", values_of_answer(of)}}) {
    page_data table;
    set_text(table, "heading", view.text(heading));
    table.set("members", rows);
    if (rows.is_non_empty_list())
      tables.push_back(table);
  }
  out.set("tables", tables);
  const auto headers = headers_of(of.promised.gives);
  const auto keys = joined(headers.items(), [](const auto& one) { return one.key(); });
  set_section(out, "headers", "text", keys);
  set_section(out, "errors", "text", names_of(errors));
  return out;
}

page_data errors_data(const std::set<errc>& errors, language lang) {
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

void fill_reference(page_view& view) {
  const bool login_to_read = view.env().settings.http.require_login_to_read;
  const auto of_all = errors_of({}, login_to_read);
  std::set<errc> met{of_all.begin(), of_all.end()};
  std::vector<std::pair<route_tag, page_data>> groups;
  for (const auto& one : api_routes()) {
    if (groups.empty() || groups.back().first.name != one.promised.tag.name)
      groups.emplace_back(one.promised.tag, page_list());
    std::vector<errc> errors;
    std::ranges::set_difference(errors_of(one, login_to_read), of_all,
                                std::back_inserter(errors));
    met.insert(errors.begin(), errors.end());
    groups.back().second.push_back(operation_data(one, view, errors));
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
  set_text(view.data, "errors_of_all", names_of(of_all));
  view.data.set("every_error", errors_data(met, view.lang()));
}

task<result<answer>> show_reference(call c) {
  const auto lang = static_cast<std::size_t>(c.request.lang());
  co_return prepared_answer(c.request, c.env.pages->reference.at(lang));
}

} // namespace

void prepare_reference(const api_environment& env) {
  httplib::Request request;
  request.path = request.target = "/docs";
  for (const auto lang : every_language) {
    request_context context(request, env.locator);
    context.asked_for = lang;
    page_view view(env, context, "docs_title");
    fill_reference(view);
    env.pages->reference.at(static_cast<std::size_t>(lang)) =
        zipped_text(view.html("docs"), 9);
  }
}

std::vector<route> reference_page_routes() {
  return {page_at("/docs", show_reference, "The reference of the API.", auth_need::none,
                  asked_actor::none)};
}

} // namespace tinybook::http
