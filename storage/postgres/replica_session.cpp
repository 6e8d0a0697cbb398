#include "storage/postgres/replica_session.hpp"

#include "storage/postgres/migrate.hpp"
#include "storage/postgres/schema_check.hpp"

#include <poll.h>
#include <utility>

namespace tinybook::storage::postgres {

namespace {

// Two-part keys of advisory locks: the first part says what is locked. Any fixed numbers.
constexpr auto try_lock_name =
    "SELECT pg_try_advisory_lock(1953066601, hashtext($1))::int";

constexpr auto try_lock_alone = "SELECT pg_try_advisory_lock(1953066602, 0)::int";

constexpr auto try_lock_shared = "SELECT pg_try_advisory_lock_shared(1953066602, 0)::int";

// Rows of replicas that are gone remain: only holders of the lock count.
constexpr auto select_others = R"sql(
SELECT r.name, r.local_parts FROM replicas r
WHERE r.backend <> pg_backend_pid() AND EXISTS (
  SELECT 1 FROM pg_locks l
  WHERE l.locktype = 'advisory' AND l.granted AND l.pid = r.backend
    AND l.classid = 1953066602 AND l.objid = 0
    AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()))
ORDER BY (r.local_parts = ''), r.name)sql";

constexpr auto upsert_self = R"sql(
INSERT INTO replicas (name, local_parts, backend, since)
VALUES ($1, $2, pg_backend_pid(),
  (extract(epoch FROM clock_timestamp()) * 1000)::bigint)
ON CONFLICT (name) DO UPDATE SET local_parts = excluded.local_parts,
  backend = excluded.backend, since = excluded.since)sql";

constexpr auto read_time =
    "SELECT (floor(extract(epoch FROM clock_timestamp()) * 1000))::bigint";

constexpr auto outbox_channel = "tinybook_outbox";

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const auto& w : words)
    out += (out.empty() ? "" : ", ") + w;
  return out;
}

template <class... Args>
result<bool> is_locked(link& db, const char* sql, const Args&... args) {
  auto locked = db.one(sql, read_number, args...);
  if (!locked)
    return locked.error();
  return locked->value_or(0) != 0;
}

} // namespace

result<std::vector<other_replica>> other_replicas(link& db) {
  return db.all(select_others, [](row& r) {
    return other_replica{.name = r.text(), .local_parts = r.text()};
  });
}

result<clock_reading> read_clock(link& db) {
  clock_reading out;
  out.before = std::chrono::steady_clock::now();
  auto time = db.one(read_time, [](row& r) { return r.time(); });
  out.after = std::chrono::steady_clock::now();
  if (!time)
    return time.error();
  out.database_now = time->value_or(wall_time{});
  return out;
}

/// Notes notifications of other replicas; ignores our own.
class replica_session::listener final : public pqxx::notification_receiver {
 public:
  listener(pqxx::connection& db, std::string self)
      : notification_receiver(db, outbox_channel), self_(std::move(self)) {}
  void operator()(const std::string& payload, int) override {
    heard_ = heard_ || payload != self_;
  }
  [[nodiscard]] bool take() { return std::exchange(heard_, false); }

 private:
  std::string self_;
  bool heard_ = false;
};

replica_session::replica_session(std::shared_ptr<postgres_database> database,
                                 std::vector<std::string> local_parts)
    : database_(std::move(database)), local_parts_(std::move(local_parts)) {}

replica_session::~replica_session() {
  leave();
}

void replica_session::leave() {
  held_ = false;
  name_locked_ = false;
  if (listener_ && link_ && link_->is_open()) {
    // pqxx says goodbye to the server, which may be frozen.
    const socket_watchdog::guard guard(*database_->watchdog(), link_->raw().sock(),
                                       std::chrono::milliseconds{500});
    listener_.reset();
  }
  listener_.reset();
  link_.reset();
}

bool replica_session::holds() const {
  return held_ && link_ && link_->is_open();
}

result<done> replica_session::connect() {
  if (link_ && link_->is_open())
    return done{};
  leave();
  auto opened = link::open(database_->session_options(false), database_->watchdog());
  if (!opened)
    return opened.error();
  if (auto ready =
          ensure_schema(**opened, postgres_migrations(), database_->options().rewrites);
      !ready)
    return ready;
  if (!schema_is_checked_)
    if (auto checked = check_schema(**opened, postgres_migrations()); !checked)
      return checked;
  schema_is_checked_ = true;
  link_ = std::move(*opened);
  return done{};
}

place_outcome replica_session::lost(const failure& why) {
  leave();
  return {is_refusal(why) ? place::refused : place::away, why.detail};
}

place_outcome replica_session::take_place() {
  if (auto connected = connect(); !connected)
    return lost(connected.error());
  if (held_)
    return {place::held, ""};
  auto named = lock_name();
  if (!named)
    return lost(named.error());
  if (!*named)
    return {place::taken, "another replica has the name \"" + database_->options().replica
                              + "\": give each its own replica.name"};
  auto alone = lock_parts();
  if (!alone)
    return lost(alone.error());
  if (!*alone)
    return parts_taken();
  if (auto signed_in = sign_in(); !signed_in)
    return lost(signed_in.error());
  if (auto heard = listen(); !heard)
    return lost(heard.error());
  held_ = true;
  return {place::held, ""};
}

place_outcome replica_session::parts_taken() {
  auto who = others();
  if (!who)
    return lost(who.error());
  const auto& other = who->empty() ? std::string("another replica") : *who;
  if (local_parts_.empty())
    return {place::taken, "with local parts only one replica may run: " + other};
  return {place::taken, "only one replica may run with " + joined(local_parts_)
                            + " = \"local\", and there is another: " + other};
}

result<bool> replica_session::lock_name() {
  if (name_locked_)
    return true;
  auto locked = is_locked(*link_, try_lock_name, database_->options().replica);
  name_locked_ = locked && *locked;
  return locked;
}

result<bool> replica_session::lock_parts() {
  return is_locked(*link_, local_parts_.empty() ? try_lock_shared : try_lock_alone);
}

/// The replica that holds the conflicting lock, with its local parts.
result<std::string> replica_session::others() {
  auto all = other_replicas(*link_);
  if (!all)
    return all.error();
  if (all->empty())
    return std::string{};
  const auto& first = all->front();
  auto told = "replica \"" + first.name + '"';
  if (!first.local_parts.empty())
    told += " with local " + first.local_parts;
  return told;
}

result<done> replica_session::sign_in() {
  return as_done(
      link_->exec(upsert_self, database_->options().replica, joined(local_parts_)));
}

result<done> replica_session::listen() {
  try {
    const socket_watchdog::guard guard(*database_->watchdog(), link_->raw().sock(),
                                       database_->options().statement_timeout);
    listener_ = std::make_unique<listener>(link_->raw(), database_->options().replica);
    return done{};
  } catch (...) {
    return to_trouble(std::current_exception(), "listen").why;
  }
}

result<clock_reading> replica_session::read_clock() {
  if (!holds())
    return away("postgres: the replica's session is lost");
  return storage::postgres::read_clock(*link_);
}

result<bool> replica_session::wait_outbox_changed(std::chrono::milliseconds bound) {
  if (!holds())
    return away("postgres: the replica's session is lost");
  pollfd socket{.fd = link_->raw().sock(), .events = POLLIN, .revents = 0};
  ::poll(&socket, 1, static_cast<int>(bound.count()));
  try {
    link_->raw().get_notifs();
    return listener_->take();
  } catch (...) {
    auto why = to_trouble(std::current_exception(), "wait").why;
    leave();
    return why;
  }
}

} // namespace tinybook::storage::postgres
