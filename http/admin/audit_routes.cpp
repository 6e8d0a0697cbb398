#include "http/admin/admin_routes.hpp"
#include "http/api/audit_json.hpp"
#include "http/api/respond.hpp"

namespace tinybook::http {

namespace {

constexpr std::int64_t default_entries = 50;
constexpr std::int64_t max_entries = 500;
constexpr user_id everybody = -1;

void write_entry(json_writer& w, const storage::audit_event& event) {
  w.begin_object().member("id", event.id);
  write_time(w, "at", event.at);
  w.member("user", event.user).member("kind", storage::name_of(event.kind));
  w.member("by", event.from.by).member("reason", event.from.reason);
  w.member("network", event.from.network).member("device", event.from.device);
  w.member("detail", event.detail).end_object();
}

result<std::optional<storage::audit_kind>> kind_asked(const request_context& request) {
  const auto& text = request.fields.text("kind");
  if (text.empty())
    return std::optional<storage::audit_kind>{};
  if (auto kind = storage::audit_kind_of(text))
    return kind;
  std::string all;
  for (const auto name : storage::audit_kind_names())
    all.append(all.empty() ? "" : ", ").append(name);
  return failure{field_error{"kind", field_rule::not_one_of, 0, std::move(all)}};
}

/// The optional time in the field `name`, as RFC 3339.
result<std::optional<wall_time>> time_asked(const request_context& request,
                                            const char* name) {
  const auto& text = request.fields.text(name);
  if (text.empty())
    return std::optional<wall_time>{};
  if (auto time = parse_rfc3339(text))
    return time;
  return failure{field_error{name, field_rule::not_time}};
}

task<result<answer>> list_trail(call c) {
  const auto& in = c.request.fields;
  auto kind = kind_asked(c.request);
  if (!kind)
    co_return std::move(kind.error());
  auto from = time_asked(c.request, "from");
  if (!from)
    co_return std::move(from.error());
  auto until = time_asked(c.request, "until");
  if (!until)
    co_return std::move(until.error());
  auto before = place_before(in);
  if (!before)
    co_return std::move(before.error());
  storage::list_audit asked{.kind = *kind,
                            .from = from->value_or(wall_time{}),
                            .until = *until,
                            .before = *before,
                            .limit = in.integer("limit")};
  if (const auto user = in.integer("user"); user != everybody)
    asked.user = user;
  auto page = co_await c.read(asked);
  if (!page)
    co_return std::move(page.error());
  co_return success_object(
      c.request, [&](json_writer& w) { write_audit_page(w, *page, write_entry); });
}

} // namespace

std::vector<route> audit_routes() {
  const auto word = [](std::string_view name) {
    return field_spec{.name = name, .needed = presence::optional};
  };
  return {{.method = "GET",
           .path = "/admin/audit",
           .auth = auth_need::admin,
           .asks = asked_actor::store,
           .handle = list_trail,
           .summary = "The audit trail, newest first, by `user` (0: what concerns no "
                      "account), `kind`, `from` and `until`; `before` is the `next` of "
                      "the page in front.",
           .query = {{.name = "user",
                      .type = field_type::integer,
                      .needed = presence::optional,
                      .fallback = everybody},
                     word("kind"),
                     word("from"),
                     word("until"),
                     list_place_field(),
                     {.name = "limit",
                      .type = field_type::integer,
                      .needed = presence::optional,
                      .min = 1,
                      .max = max_entries,
                      .fallback = default_entries}}}};
}

} // namespace tinybook::http
