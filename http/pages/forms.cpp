#include "http/pages/forms.hpp"

#include "http/api/error_texts.hpp"
#include "http/api/public_routes.hpp"
#include "http/api/respond.hpp"
#include "http/pages/form_tokens.hpp"
#include "storage/support/crypto.hpp"
#include "storage/support/text.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace tinybook::http {

namespace {

constexpr auto secret_names = std::to_array<std::string_view>(
    {"password", "confirmPassword", "oldPassword", "code"});

struct label_of_field {
  std::string_view name;
  std::string_view label;
};
constexpr auto field_labels =
    std::to_array<label_of_field>({{"email", "email"},
                                   {"password", "password"},
                                   {"confirmPassword", "confirm_password"},
                                   {"oldPassword", "old_password"},
                                   {"phone", "phone"},
                                   {"code", "code"},
                                   {"nickname", "nickname"},
                                   {"birthday", "birthday"},
                                   {"aboutMe", "about_me"},
                                   {"title", "article_title"},
                                   {"content", "article_content"}});

/// Failures that are about one field, though they name none.
struct failure_of_field {
  errc code;
  std::string_view field;
};
constexpr auto failures_of_fields =
    std::to_array<failure_of_field>({{errc::email_taken, "email"},
                                     {errc::wrong_code, "code"},
                                     {errc::too_many_tries, "code"},
                                     {errc::phone_taken, "phone"},
                                     {errc::no_sms_route, "phone"},
                                     {errc::send_held, "phone"}});

bool asks_for(const form_plan& plan, std::string_view field) {
  return std::ranges::find(plan.fields, field, &form_field::name) != plan.fields.end();
}

std::vector<said_of_field> said_by(const page_view& view, const form_plan& plan,
                                   const failure& why) {
  std::vector<said_of_field> said;
  for (const auto& refused : why.fields)
    said.push_back({refused.field, text_of(refused, view.lang())});
  // Which of two is wrong is told to nobody; of a password alone there is no doubt.
  if (why.code == errc::wrong_credentials && !asks_for(plan, "email")) {
    for (const auto* field : {"oldPassword", "password"})
      if (said.empty() && asks_for(plan, field))
        said.push_back({field, view.text("wrong_old_password")});
    return said;
  }
  const auto& widget = view.env().settings.abuse.widget_field;
  if (why.code == errc::verdict_denied && is_judged(plan.action) && !widget.empty())
    said.push_back({widget, std::string{text_of(why, view.lang())}});
  const auto known =
      std::ranges::find(failures_of_fields, why.code, &failure_of_field::code);
  if (known != failures_of_fields.end() && asks_for(plan, known->field))
    said.push_back({std::string{known->field}, std::string{text_of(why, view.lang())}});
  return said;
}

std::string said_about(std::string_view field, std::span<const said_of_field> said) {
  std::string error;
  for (const auto& one : said)
    if (one.field == field)
      error += (error.empty() ? "" : " ") + one.text;
  return error;
}

page_data shown_field(const page_view& view, const form_field& field,
                      const form_values& typed, std::span<const said_of_field> said) {
  page_data out;
  set_text(out, "id", form_field_id(field.name));
  set_text(out, "name", field.name);
  set_text(out, "label", view.text(field.label));
  set_text(out, "type", field.type);
  set_text(out, "autocomplete", field.autocomplete);
  if (!field.inputmode.empty())
    set_text(out, "inputmode", field.inputmode);
  out.set("required", !field.optional);
  out.set("textarea", field.textarea);
  out.set("code", field.code);
  set_section(out, "hint", "text", field.hint.empty() ? "" : view.text(field.hint));
  if (const auto value = typed.find(field.name);
      value != typed.end() && field.type != "password" && !field.code)
    set_text(out, "value", value->second);
  set_section(out, "error", "text", said_about(field.name, said));
  return out;
}

/// What a form holds, to be read before it is sent: the begin of it, where it is long.
void add_typed(page_view& view, const form_values& fields) {
  constexpr std::size_t code_points = 100;
  auto rows = page_list();
  for (const auto& field : field_labels)
    if (const auto typed = sent_value(fields, field.name);
        !typed.empty() && may_be_kept(field.name)) {
      page_data row;
      set_text(row, "term", view.text(field.label));
      set_text(row, "value", truncate_code_points(typed, code_points, "…"));
      rows.push_back(row);
    }
  view.data.set("typed", rows);
}

} // namespace

bool is_judged(std::string_view action) {
  return std::ranges::find(judged_forms::all, action) != judged_forms::all.end();
}

std::string form_field_id(std::string_view name) {
  return "f-" + std::string{name};
}

std::string labelled(const page_view& view, const said_of_field& said) {
  const auto known = std::ranges::find(field_labels, said.field, &label_of_field::name);
  auto name = known != field_labels.end() ? view.text(known->label) : said.field;
  if (said.field == view.env().settings.abuse.widget_field)
    name = view.text("widget");
  return view.text("error_of_field", {name, said.text});
}

void fill_form(page_view& view, const form_plan& plan, const form_values& typed,
               const failure* why) {
  auto& data = view.data;
  view.has_form();
  set_text(data, "heading", view.text(plan.title));
  set_section(data, "intro", "text", plan.intro.empty() ? "" : view.text(plan.intro));
  set_text(data, "action", plan.action);
  set_text(data, "submit", view.text(plan.submit));
  auto fields = page_list();
  const auto said =
      why != nullptr ? said_by(view, plan, *why) : std::vector<said_of_field>{};
  for (const auto& field : plan.fields)
    fields.push_back(shown_field(view, field, typed, said));
  data.set("fields", fields);
  if (is_judged(plan.action))
    view.add_widget(data, said_about(view.env().settings.abuse.widget_field, said));
  if (why != nullptr)
    view.refuse(*why, said);
}

std::string hash_of(std::string path, const form_values& sent,
                    std::span<const std::string_view> names) {
  for (const auto name : names)
    path.append(sent_value(sent, name)).append(1, '\0');
  return sha256_hex(path);
}

client_info form_sender(const call& c) {
  // Not what is carried on, which may be an article.
  std::vector<std::string_view> names{form_token_field};
  for (const auto& field : c.request.matched->body)
    names.push_back(field.name);
  auto client = client_of(c.env, c.request);
  client.once = hash_of(c.request.raw.path, c.request.form, names);
  return client;
}

void add_hidden(page_data& list, std::string_view name, std::string_view value) {
  page_data field;
  set_text(field, "name", name);
  set_text(field, "value", value);
  list.push_back(field);
}

void add_link(page_data& list, std::string_view href, std::string_view text) {
  page_data link;
  set_text(link, "href", href);
  set_text(link, "text", text);
  list.push_back(link);
}

form_values sent_by(const request_context& request) {
  if (request.raw.method == "POST")
    return request.form;
  const auto& params = request.raw.params;
  const auto next = params.find(std::string{next_field});
  if (next == params.end())
    return {};
  return {{std::string{next_field}, own_path(next->second)}};
}

std::string_view sent_value(const form_values& sent, std::string_view name) {
  const auto found = sent.find(name);
  return found != sent.end() ? std::string_view{found->second} : std::string_view{};
}

page_data carried(const form_values& sent) {
  auto hidden = page_list();
  for (const auto& [name, value] : sent)
    if (name == next_field || name.starts_with(kept_prefix))
      add_hidden(hidden, name, value);
  return hidden;
}

bool may_be_kept(std::string_view name) {
  return name != form_token_field
         && std::ranges::find(secret_names, name) == secret_names.end();
}

bool is_typed(const route& form) {
  return std::ranges::any_of(form.body, [](const field_spec& field) {
    return std::ranges::find(field_labels, field.name, &label_of_field::name)
           != field_labels.end();
  });
}

bool keeps_a_form(const form_values& sent) {
  const auto first = sent.lower_bound(kept_prefix);
  return first != sent.end() && first->first.starts_with(kept_prefix);
}

void ask_to_send(page_view& view, std::string_view action, const form_values& fields,
                 std::string_view text) {
  view.has_form();
  set_text(view.data, "heading", view.text("send_again_title"));
  set_text(view.data, "text", text);
  set_text(view.data, "action", action);
  set_text(view.data, "submit", view.text("send_again"));
  set_text(view.data, "cancel_url",
           action.substr(0, std::max<std::size_t>(action.rfind('/'), 1)));
  add_typed(view, fields);
  auto hidden = page_list();
  for (const auto& [name, value] : fields)
    if (may_be_kept(name))
      add_hidden(hidden, name, value);
  view.data.set("hidden", hidden);
  view.data.set("kept", true); // Leaving would lose it.
  if (is_judged(action))
    view.add_widget(view.data);
}

task<result<answer>> show_form(call c, page_view view) {
  return page_view::show_by_size(c, std::move(view), "form", c.request.raw.body.size());
}

std::vector<field_spec> same_fields_as(std::string_view path) {
  for (auto& one : api_routes())
    if (one.path == path && one.method == "POST")
      return one.body;
  std::abort(); // A page of a route that does not exist is a bug.
}

} // namespace tinybook::http
