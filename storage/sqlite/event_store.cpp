#include "storage/sqlite/event_store.hpp"

namespace tinybook::storage::sqlite {

result<stored_events> sqlite_event_store::run(const pending_events&) {
  static_cast<void>(db_);
  return errc::internal;
}

result<done> sqlite_event_store::run(const remove_events&) {
  static_cast<void>(db_);
  return errc::internal;
}

} // namespace tinybook::storage::sqlite
