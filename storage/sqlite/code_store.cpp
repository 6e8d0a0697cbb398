#include "storage/sqlite/code_store.hpp"

namespace tinybook::storage::sqlite {

result<done> sqlite_code_store::run(const save_code_state&) {
  static_cast<void>(db_);
  return errc::internal;
}

result<code_states> sqlite_code_store::run(const load_code_states&) {
  static_cast<void>(db_);
  return errc::internal;
}

result<removed_states> sqlite_code_store::run(const remove_code_states&) {
  static_cast<void>(db_);
  return errc::internal;
}

} // namespace tinybook::storage::sqlite
