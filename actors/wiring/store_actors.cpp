#include "actors/sms/messages.hpp"
#include "actors/store/database_session.hpp"
#include "actors/store/postgres_worker.hpp"
#include "actors/store/sqlite_workers.hpp"
#include "actors/system/ask.hpp"
#include "actors/wiring/children.hpp"
#include "actors/wiring/shared_configs.hpp"

namespace tinybook {

void define_store(actor_tree& tree, const children& c, const config::settings& s,
                  const outside_world& out) {
  if (c.database_session)
    tree.define<database_session_state, caf::detached>(
        *c.database_session, database_session_from(s),
        database_session_peers{
            out.shared_database, local_part_names(s), out.shared_clock,
            [failover = c.failover] { tell(failover, outbox_changed{}); }, out.fatal});
  for (const auto& worker : c.workers)
    tree.define<postgres_worker_state, caf::detached>(
        worker, postgres_worker_config{s.storage.max_group, out.audited}, out.database,
        c.publisher);
  if (c.writer)
    tree.define<store_writer_state, caf::detached>(
        *c.writer, store_writer_config{s.storage.max_group, out.audited}, out.database,
        c.publisher);
  for (const auto& reader : c.readers)
    tree.define<store_reader_state, caf::detached>(reader, out.database);
}

} // namespace tinybook
