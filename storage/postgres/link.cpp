#include "storage/postgres/link.hpp"

#include <utility>

namespace tinybook::storage::postgres {

namespace {

/// How much longer than its own timeout the server may take before we give up.
constexpr auto silence_allowed = std::chrono::seconds{1};

// Every statement has an index, and the statistics of a queue's table are always stale:
// sequential scans are never the better plan. A replica that is stopped within a
// transaction must not hold its locks for ever.
constexpr auto set_session = R"sql(
SELECT set_config('tinybook.replica', $1, false),
  set_config('statement_timeout', $2, false), set_config('lock_timeout', $3, false),
  set_config('idle_in_transaction_session_timeout', $4, false),
  set_config('default_transaction_read_only', $5, false),
  set_config('client_encoding', 'UTF8', false), set_config('jit', 'off', false),
  set_config('plan_cache_mode', 'force_generic_plan', false),
  set_config('enable_seqscan', 'off', false),
  set_config('synchronous_commit', CASE current_setting('synchronous_commit')
    WHEN 'off' THEN 'on' ELSE current_setting('synchronous_commit') END, false))sql";

/// By default pqxx would reconnect within a call, without our session's settings.
void inhibit_reactivation(pqxx::connection& connection) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
  connection.inhibit_reactivation(true);
#pragma GCC diagnostic pop
}

} // namespace

link::link(const link_options& options, std::shared_ptr<socket_watchdog> watchdog)
    : watchdog_(std::move(watchdog)),
      bound_(options.statement_timeout + silence_allowed) {}

link::~link() = default;

result<std::unique_ptr<link>> link::open(const link_options& options,
                                         std::shared_ptr<socket_watchdog> watchdog) {
  std::unique_ptr<link> out(new link(options, std::move(watchdog)));
  try {
    out->connection_ = std::make_unique<pqxx::connection>(options.conninfo);
    out->connection_->set_verbosity(pqxx::connection_base::terse);
    inhibit_reactivation(*out->connection_);
    out->quiet_ = std::make_unique<pqxx::quiet_errorhandler>(*out->connection_);
    out->open_ = true;
  } catch (...) {
    return to_trouble(std::current_exception(), "connect").why;
  }
  if (auto set = out->set_up(options); !set)
    return set.error();
  return out;
}

result<done> link::set_up(const link_options& options) {
  return as_done(exec(set_session, options.replica, options.statement_timeout,
                      options.lock_timeout, options.statement_timeout + silence_allowed,
                      options.read_only ? "on" : "off"));
}

const std::string& link::name_of(const char* sql) {
  auto found = names_.find(sql);
  if (found == names_.end()) {
    auto name = "s" + std::to_string(names_.size());
    connection_->prepare(name, sql);
    found = names_.emplace(sql, std::move(name)).first;
  }
  return found->second;
}

template <class Call>
result<pqxx::result> link::guarded(std::chrono::milliseconds bound, const char* doing,
                                   Call call) {
  if (!open_)
    return away("postgres: the connection is lost");
  const socket_watchdog::guard guard(*watchdog_, connection_->sock(), bound);
  try {
    // Made for one call only: while one exists, pqxx delivers no notifications.
    pqxx::nontransaction session(*connection_);
    return call(session);
  } catch (...) {
    trouble_ = to_trouble(std::current_exception(), doing);
  }
  silent_ = guard.fired();
  open_ = !silent_ && connection_->is_open();
  if (silent_)
    trouble_.why.detail = "postgres: the server does not answer";
  if (!open_ && trouble_.why.code == errc::internal)
    trouble_.why = away(trouble_.why.detail);
  return trouble_.why;
}

result<std::int64_t> link::run(const char* sql, std::span<const parameter> values,
                               row_sink rows) {
  auto found = guarded(bound_, "run", [&](pqxx::nontransaction& session) {
    return session.exec_prepared(name_of(sql),
                                 pqxx::prepare::make_dynamic_params(as_text(values)));
  });
  if (!found)
    return std::move(found.error());
  try {
    if (rows)
      for (const auto& columns : *found) {
        present_row present(columns);
        rows(present);
      }
  } catch (...) {
    trouble_ = to_trouble(std::current_exception(), "read");
    return trouble_.why;
  }
  return static_cast<std::int64_t>(found->affected_rows());
}

result<pqxx::result> link::script(const std::string& sql) {
  return script(sql, bound_);
}

result<pqxx::result> link::script(const std::string& sql,
                                  std::chrono::milliseconds bound) {
  return guarded(bound, "run",
                 [&](pqxx::nontransaction& session) { return session.exec(sql); });
}

} // namespace tinybook::storage::postgres
