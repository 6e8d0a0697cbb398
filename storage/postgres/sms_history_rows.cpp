#include "storage/postgres/sms_rows.hpp"

#include <utility>

namespace tinybook::storage::postgres {

namespace {

constexpr auto select_attempts = R"sql(
SELECT message_id, provider, outcome, provider_code, text, started_at, took_ms
FROM sms_attempts WHERE message_id = $1 ORDER BY id)sql";

constexpr auto select_receipts = R"sql(
SELECT provider, delivered, provider_code, text, received_at
FROM sms_receipts WHERE message_id = $1 ORDER BY id)sql";

constexpr auto select_handled =
    "SELECT handled, handled_by FROM sms_messages WHERE id = $1";

sms_attempt read_attempt(row& r) {
  return {.message = r.number(),
          .provider = r.text(),
          .outcome = r.text(),
          .provider_code = r.text(),
          .text = r.text(),
          .started_at = r.time(),
          .took = r.duration()};
}

sms_receipt read_receipt(row& r) {
  return {.provider = r.text(),
          .delivered = r.flag(),
          .provider_code = r.text(),
          .text = r.text(),
          .received_at = r.time()};
}

struct handled_mark {
  handled how = handled::not_yet;
  std::string by;
};

handled_mark read_handled(row& r) {
  return {.how = r.number<handled>(), .by = r.text()};
}

} // namespace

result<std::optional<message_history>> find_history(handle& db, message_id id) {
  auto message = find_message_row(db, id);
  if (!message)
    return message.error();
  if (!*message)
    return std::optional<message_history>{};
  auto attempts = db.all(select_attempts, read_attempt, id);
  if (!attempts)
    return attempts.error();
  auto receipts = db.all(select_receipts, read_receipt, id);
  if (!receipts)
    return receipts.error();
  auto mark = db.one(select_handled, read_handled, id);
  if (!mark)
    return mark.error();
  auto known = mark->value_or(handled_mark{});
  return std::optional{message_history{.message = std::move(**message),
                                       .attempts = std::move(*attempts),
                                       .receipts = std::move(*receipts),
                                       .handled_by = std::move(known.by),
                                       .discarded = known.how == handled::discarded}};
}

} // namespace tinybook::storage::postgres
