#include "http/openapi/document.hpp"

#include "config/version.hpp"
#include "http/api/envelope.hpp"
#include "http/api/error_texts.hpp"
#include "http/api/request_checks.hpp"
#include "http/auth/cookies.hpp"
#include "http/openapi/errors_of.hpp"
#include "http/openapi/schema_json.hpp"
#include "http/text_tools.hpp"
#include "storage/support/text.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace tinybook::http {

namespace {

constexpr auto json_media = "application/json";
constexpr auto access_scheme = "bearer";
constexpr auto refresh_scheme = "refreshToken";
constexpr auto sample_request_id = "b1aa6c4e9e486c5d";

/// `/articles/rank/:n` as `/articles/rank/{n}`.
std::string template_of(std::string_view path) {
  std::string out;
  for (auto rest = path.substr(1); !rest.empty();) {
    const auto segment = take_until(rest, '/');
    out += '/';
    out += segment.starts_with(':') ? '{' + std::string{segment.substr(1)} + '}'
                                    : std::string{segment};
  }
  return out;
}

/// `wrong_code` as `WrongCode`, `logIn` as `LogIn`.
std::string type_name(std::string_view words) {
  std::string out;
  bool starts = true;
  for (const char c : words) {
    const bool letter = c >= 'a' && c <= 'z';
    if (c != '_')
      out += starts && letter ? static_cast<char>(c - 'a' + 'A') : c;
    starts = c == '_';
  }
  return out;
}

ordered_json media(ordered_json schema, ordered_json example) {
  return {{json_media, {{"schema", std::move(schema)}, {"example", std::move(example)}}}};
}

ordered_json header(std::string_view about, std::string_view sample, bool required) {
  return {{"description", about},
          {"required", required},
          {"schema", {{"type", "string"}}},
          {"example", sample}};
}

ordered_json null_of(ordered_json schema) {
  schema["type"] = {schema["type"], "null"};
  if (schema.contains("enum"))
    schema["enum"].push_back(nullptr);
  return schema;
}

/// Everything that `components` holds that no route brings along.
ordered_json shared_headers() {
  ordered_json out;
  out["X-Request-Id"] = header("The log has it, too.", sample_request_id, true);
  out["Retry-After"] = {{"description", "Seconds after which to try again."},
                        {"required", true},
                        {"schema", {{"type", "integer"}, {"minimum", 1}}},
                        {"example", 1}};
  out["WWW-Authenticate"] = {{"description", "What is missing or wrong."},
                             {"required", true},
                             {"schema", {{"type", "string"}, {"enum", {"Bearer"}}}},
                             {"example", "Bearer"}};
  out["X-Jwt-Token"] = header("The access token, for `Authorization: Bearer …`.",
                              "eyJhbGciOiJFUzI1NiJ9.e30.c2ln", true);
  out["X-Refresh-Token"] = header("For `/users/refresh_token` alone, to be used once.",
                                  "eyJhbGciOiJFUzI1NiJ9.e30.cmVm", true);
  return out;
}

ordered_json security_schemes() {
  return {{access_scheme,
           {{"type", "http"},
            {"scheme", "bearer"},
            {"description", "The access token of a log-in or a refresh."}}},
          {refresh_scheme,
           {{"type", "http"},
            {"scheme", "bearer"},
            {"description",
             "The refresh token, for `/users/refresh_token` and a log-out alone."}}}};
}

class document {
 public:
  document(const std::vector<route>& routes, const config::settings& from);

  [[nodiscard]] std::string text() const { return whole_.dump(); }

 private:
  ordered_json operation(const route& of);
  ordered_json parameters(const route& of) const;
  ordered_json request_body(const route& of);
  ordered_json success_of(const route& of);
  ordered_json envelope_of(const schema& data);
  ordered_json refusals_of(const route& of);
  ordered_json refusal(const std::string& name, const std::vector<errc>& errors,
                       const schema* data);
  [[nodiscard]] ordered_json security_of(const route& of) const;
  void describe_errors();

  const config::settings& from_;
  std::set<errc> met_{errc::no_such_path, errc::method_not_allowed};
  ordered_json schemas_ = ordered_json::object();
  ordered_json responses_ = ordered_json::object();
  ordered_json whole_;
};

document::document(const std::vector<route>& routes, const config::settings& from)
    : from_(from) {
  ordered_json tags = ordered_json::array();
  ordered_json paths = ordered_json::object();
  for (const auto& one : routes) {
    if (one.promised.id.empty())
      continue;
    paths[template_of(one.path)][lower_ascii(one.method)] = operation(one);
    ordered_json tag{{"name", one.promised.tag.name},
                     {"description", one.promised.tag.about}};
    if (std::ranges::find(tags, tag) == tags.end())
      tags.push_back(std::move(tag));
  }
  describe_errors();
  whole_ = {{"openapi", "3.1.0"},
            {"info",
             {{"title", "tinybook"},
              {"version", version},
              {"description",
               "A writing community. Answers are JSON; texts for people are English, or "
               "Chinese by `Accept-Language`. Times are RFC 3339 in UTC. Unknown fields "
               "of a request are ignored."}}},
            {"servers", {{{"url", "/"}}}},
            {"tags", std::move(tags)},
            {"paths", std::move(paths)},
            {"components",
             {{"securitySchemes", security_schemes()},
              {"headers", shared_headers()},
              {"schemas", std::move(schemas_)},
              {"responses", std::move(responses_)}}}};
}

ordered_json document::operation(const route& of) {
  const auto& promised = of.promised;
  ordered_json out{{"operationId", promised.id},
                   {"tags", {promised.tag.name}},
                   {"summary", of.summary},
                   {"security", security_of(of)}};
  if (auto all = parameters(of); !all.empty())
    out["parameters"] = std::move(all);
  if (auto body = request_body(of); !body.empty())
    out["requestBody"] = std::move(body);
  auto& responses = out["responses"];
  responses["200"] = success_of(of);
  if (promised.gives == answer_headers::cacheable)
    responses["304"] = {{"description", "As it was: what `If-None-Match` names."},
                        {"headers", responses["200"]["headers"]}};
  responses.update(refusals_of(of));
  return out;
}

ordered_json document::security_of(const route& of) const {
  auto out = ordered_json::array();
  if (of.auth == auth_need::none)
    return out;
  if (!needs_login(of.auth, from_.http.require_login_to_read))
    out.push_back(ordered_json::object());
  if (of.auth != auth_need::refresh)
    out.push_back({{access_scheme, ordered_json::array()}});
  if (of.auth == auth_need::refresh || of.auth == auth_need::ending)
    out.push_back({{refresh_scheme, ordered_json::array()}});
  return out;
}

ordered_json document::parameters(const route& of) const {
  auto out = ordered_json::array();
  auto add = [&](const field_spec& spec, std::string_view in, bool required) {
    auto schema = field_json(spec, from_);
    ordered_json one{{"name", spec.name}, {"in", in}, {"required", required}};
    for (const auto* word : {"description", "examples"})
      if (schema.contains(word)) {
        if (word == std::string_view{"examples"})
          one["example"] = schema[word].front();
        else
          one[word] = schema[word];
        schema.erase(word);
      }
    one["schema"] = std::move(schema);
    out.push_back(std::move(one));
  };
  for (const auto& spec : of.path_fields)
    add(spec, "path", true);
  for (const auto& spec : of.query)
    add(spec, "query", spec.needed == presence::required);
  if (of.promised.gives == answer_headers::cacheable)
    out.push_back({{"name", "If-None-Match"},
                   {"in", "header"},
                   {"required", false},
                   {"description", "The `ETag` of what the client has."},
                   {"example", "\"0f1e2d3c4b5a\""},
                   {"schema", {{"type", "string"}}}});
  if (of.takes_key)
    out.push_back({{"name", idempotency_key_header},
                   {"in", "header"},
                   {"required", false},
                   {"description",
                    "Makes it safe to send again: for a day the same key and body get "
                    "the same answer."},
                   {"example", "3d6f7e0c-5d0e-4a53-9f5c-0d2f4a1c9a11"},
                   {"schema",
                    {{"type", "string"},
                     {"pattern", "^[!-~]+$"},
                     {"minLength", 1},
                     {"maxLength", max_idempotency_key_bytes}}}});
  if (of.takes_verdict_token)
    out.push_back(
        {{"name", verdict_token_header},
         {"in", "header"},
         {"required", false},
         {"description",
          "What a CAPTCHA or the like gave, where the operator asks for one."},
         {"example", "0.Zx0n0Zr9eS8b1mV5u3pKQw"},
         {"schema", {{"type", "string"}, {"maxLength", max_verdict_token_bytes}}}});
  return out;
}

ordered_json document::request_body(const route& of) {
  if (of.foreign_body)
    return {
        {"description", "As the provider sends it."},
        {"content",
         {{json_media, {{"schema", ordered_json::object()}}},
          {"application/x-www-form-urlencoded", {{"schema", {{"type", "object"}}}}}}}};
  if (of.body.empty())
    return {};
  auto required = ordered_json::array();
  ordered_json properties;
  ordered_json example;
  for (const auto& spec : of.body) {
    auto one = field_json(spec, from_);
    const std::string name{spec.name};
    if (!of.promised.one_of_body || example.empty())
      example[name] = one["examples"].front();
    if (!spec.alias.empty())
      one["description"] = '`' + std::string{spec.alias} + "` is taken, too.";
    if (spec.needed == presence::required)
      required.push_back(name);
    else
      one = null_of(std::move(one));
    properties[name] = std::move(one);
  }
  const bool needed = !required.empty() || of.promised.one_of_body;
  const auto name = type_name(of.promised.id) + "Request";
  auto& body = schemas_[name];
  body = {{"type", "object"}, {"properties", std::move(properties)}};
  if (!required.empty())
    body["required"] = std::move(required);
  if (of.promised.one_of_body)
    body["description"] = "Exactly one of the fields is needed.";
  body["additionalProperties"] = true;
  return {{"required", needed},
          {"content", media(component("schemas", name), std::move(example))}};
}

ordered_json document::envelope_of(const schema& data) {
  const auto name = data.what == schema::kind::null ? std::string{"Done"}
                                                    : std::string{data.name} + "Answer";
  schemas_[name] = {{"type", "object"},
                    {"properties",
                     {{"code", {{"type", "integer"}, {"const", 0}}},
                      {"msg", {{"type", "string"}}},
                      {"data", schema_json(data, schemas_)}}},
                    {"required", {"code", "msg", "data"}},
                    {"additionalProperties", false}};
  return component("schemas", name);
}

ordered_json document::success_of(const route& of) {
  const auto& promised = of.promised;
  auto headers = headers_of(promised.gives);
  headers["X-Request-Id"] = component("headers", "X-Request-Id");
  ordered_json out{{"description", of.done.en}, {"headers", std::move(headers)}};
  if (promised.data == nullptr)
    out["description"] = "What the provider wants to read.";
  else if (promised.bare)
    out["content"] =
        media(schema_json(*promised.data, schemas_), sample_of(*promised.data));
  else
    out["content"] =
        media(envelope_of(*promised.data),
              {{"code", 0}, {"msg", of.done.en}, {"data", sample_of(*promised.data)}});
  return out;
}

ordered_json document::refusals_of(const route& of) {
  std::map<int, std::vector<errc>> by_status;
  for (const auto code : errors_of(of, from_.http.require_login_to_read)) {
    by_status[http_status(code)].push_back(code);
    met_.insert(code);
  }
  ordered_json out;
  for (const auto& [status, errors] : by_status) {
    const auto* data = status == 503 ? of.promised.data_of_503 : nullptr;
    auto name = data == nullptr ? std::string{} : type_name(of.promised.id);
    for (const auto code : errors)
      name += type_name(describe(code).name);
    if (!responses_.contains(name))
      responses_[name] = refusal(name, errors, data);
    out[std::to_string(status)] = component("responses", name);
  }
  return out;
}

/// The schema `name`: `Error`, narrowed to what can come.
ordered_json document::refusal(const std::string& name, const std::vector<errc>& errors,
                               const schema* data) {
  std::string about;
  auto names = ordered_json::array();
  auto numbers = ordered_json::array();
  for (const auto code : errors) {
    const auto& [word, number] = describe(code);
    about += (about.empty() ? "`" : "\n\n`") + std::string{word}
             + "`: " + std::string{text_of(code, language::en)};
    names.push_back(word);
    numbers.push_back(number);
  }
  ordered_json headers{{"X-Request-Id", component("headers", "X-Request-Id")}};
  if (retry_after(errors.front()))
    headers["Retry-After"] = component("headers", "Retry-After");
  if (std::ranges::find(errors, errc::account_banned) != errors.end())
    headers["X-Jwt-Token"] =
        header("With `account_banned`: for `/users/export`, `/users/delete` and "
               "`/users/logout` alone.",
               "eyJhbGciOiJFUzI1NiJ9.e30.YmFu", false);
  if (http_status(errors.front()) == 401)
    headers["WWW-Authenticate"] = component("headers", "WWW-Authenticate");
  ordered_json narrowed{{"code", {{"type", "integer"}, {"enum", std::move(numbers)}}},
                        {"error", {{"type", "string"}, {"enum", std::move(names)}}}};
  narrowed["data"] = {{"const", nullptr}};
  if (data != nullptr)
    narrowed["data"] = {{"anyOf", {schema_json(*data, schemas_), narrowed["data"]}}};
  ordered_json also{{"properties", std::move(narrowed)}};
  if (http_status(errors.front()) == 429)
    also["required"] = {"rule"};
  schemas_[name + "Error"] = {
      {"allOf", {component("schemas", "Error"), std::move(also)}}};
  auto example =
      ordered_json::parse(error_body(errors.front(), language::en, sample_request_id));
  return {{"description", std::move(about)},
          {"headers", std::move(headers)},
          {"content", media(component("schemas", name + "Error"), std::move(example))}};
}

void document::describe_errors() {
  auto names = ordered_json::array();
  auto numbers = ordered_json::array();
  for (const auto code : met_) {
    names.push_back(describe(code).name);
    numbers.push_back(describe(code).number);
  }
  auto rules = ordered_json::array();
  for (const auto& one : field_rule_table())
    rules.push_back(one.name);
  auto limits = ordered_json::array();
  for (auto rule = 1; rule <= static_cast<int>(limit_rule::connections_at_once); ++rule)
    if (const auto name = name_of(static_cast<limit_rule>(rule));
        std::ranges::find(limits, ordered_json(name)) == limits.end())
      limits.push_back(name);
  const ordered_json text{{"type", "string"}};
  schemas_["FieldError"] = {
      {"type", "object"},
      {"properties",
       {{"field", text}, {"rule", {{"type", "string"}, {"enum", rules}}}, {"msg", text}}},
      {"required", {"field", "rule", "msg"}},
      {"additionalProperties", false}};
  schemas_["Error"] = {
      {"type", "object"},
      {"properties",
       {{"code", {{"type", "integer"}, {"enum", std::move(numbers)}}},
        {"error",
         {{"type", "string"},
          {"description", "Stays as it is; `code` is its number."},
          {"enum", std::move(names)}}},
        {"msg", {{"type", "string"}, {"description", "For people."}}},
        {"data", {{"description", "Null, but for `/readyz`."}}},
        {"fields",
         {{"type", "array"},
          {"description", "Every refused field, of `invalid_field`."},
          {"items", component("schemas", "FieldError")}}},
        {"proofs",
         {{"type", "array"},
          {"description", "What proves who asks, of `step_up_required`."},
          {"items", {{"type", "string"}, {"enum", {"password", "code"}}}}}},
        {"rule",
         {{"type", "string"},
          {"description", "The limit that is reached; every 429 names it."},
          {"enum", std::move(limits)}}},
        {"requestId", text}}},
      {"required", {"code", "error", "msg", "data", "fields", "requestId"}},
      {"additionalProperties", false}};
}

} // namespace

ordered_json headers_of(answer_headers gives) {
  auto out = ordered_json::object();
  auto sets = [&](std::string_view cookie, std::string_view about) {
    out["Set-Cookie"] = header('`' + std::string{cookie} + "`: " + std::string{about},
                               std::string{cookie} + "=value; HttpOnly", false);
  };
  const auto sets_device = [&sets] {
    sets(device_cookie, "lets a known browser log in while others guess passwords.");
  };
  switch (gives) {
  case answer_headers::none:
    break;
  case answer_headers::device:
    sets_device();
    break;
  case answer_headers::tokens:
    for (const auto* name : {"X-Jwt-Token", "X-Refresh-Token"})
      out[name] = component("headers", name);
    sets_device();
    break;
  case answer_headers::asker:
    sets(asker_cookie, "gives the browser that asked wrong tries of its own.");
    break;
  case answer_headers::cacheable:
    out["Cache-Control"] = header("How long it may be kept.", "public", true);
    out["ETag"] =
        header("Of these bytes, for `If-None-Match`.", "\"0f1e2d3c4b5a\"", true);
    out["Vary"] = header("It may be compressed.", "Accept-Encoding", true);
    break;
  }
  return out;
}

std::string openapi_document(const std::vector<route>& routes,
                             const config::settings& from) {
  return document(routes, from).text();
}

} // namespace tinybook::http
