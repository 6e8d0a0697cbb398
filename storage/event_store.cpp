#include "storage/event_store.hpp"

#include "storage/dialect.hpp"
#include "storage/handle.hpp"
#include "storage/shared_steps.hpp"

namespace tinybook::storage {

namespace {

constexpr auto delete_events = "DELETE FROM article_events WHERE id = ANY($1::bigint[])";

} // namespace

stored_event read_stored(row& r) {
  return {.id = r.number(), .stored_at = r.time(), .event = read_event(r)};
}

result<stored_events> run(handle& db, const pending_events& command) {
  return db.dialect().read_pending(db, command);
}

result<done> run(handle& db, const remove_events& command) {
  return as_done(db.exec(delete_events, command.ids));
}

} // namespace tinybook::storage
