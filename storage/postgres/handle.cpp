#include "storage/postgres/handle.hpp"

#include "storage/dialect.hpp"
#include "storage/postgres/migrate.hpp"

#include <string_view>

namespace tinybook::storage::postgres {

namespace {

constexpr auto begin_write = "BEGIN";
constexpr auto begin_read = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

constexpr std::string_view unique_violation = "23505";

/// NOTIFY makes commits wait for each other: one per interval is enough to wake claimers.
constexpr auto notify_interval = std::chrono::milliseconds{50};

/// Whether a statement changes nothing, by its first word; those that begin with WITH
/// may.
bool only_reads(std::string_view sql) {
  const auto begin = sql.find_first_not_of(" \n");
  return begin != std::string_view::npos && sql.substr(begin).starts_with("SELECT");
}

} // namespace

handle::handle(handle_options options, std::shared_ptr<socket_watchdog> watchdog)
    : options_(std::move(options)), watchdog_(std::move(watchdog)) {}

handle::~handle() = default;

std::optional<failure> handle::refused() const {
  if (refusal_)
    return refusal_;
  if (failed_)
    return failed_;
  if (options_.admitted && !options_.admitted->load())
    return away("postgres: this replica has no place in the database yet");
  return std::nullopt;
}

failure handle::note(const trouble& what) {
  state_ = what.state;
  if (in_transaction_ && !failed_)
    failed_ = what.why;
  return what.why;
}

result<done> handle::connect() {
  if (link_ && link_->is_open())
    return done{};
  const bool was_silent = link_ && link_->was_silent();
  link_.reset();
  const auto now = std::chrono::steady_clock::now();
  if (was_silent)
    return connect_failed(away("postgres: the server does not answer"));
  if (now < next_attempt_)
    return last_refusal_;
  auto opened = link::open(options_.session, watchdog_);
  if (!opened)
    return connect_failed(std::move(opened.error()));
  if (auto ready = ensure_schema(**opened, postgres_migrations(), options_.rewrites);
      !ready)
    return connect_failed(std::move(ready.error()));
  link_ = std::move(*opened);
  failed_attempts_ = 0;
  away_ = false;
  return done{};
}

failure handle::connect_failed(failure why) {
  away_ = true;
  next_attempt_ = std::chrono::steady_clock::now()
                  + backoff_delay(options_.reconnect, failed_attempts_++, random_);
  last_refusal_ = std::move(why);
  if (last_refusal_.code == errc::unavailable)
    last_refusal_.retry_after = retry_soon;
  return last_refusal_;
}

const storage::dialect& handle::dialect() const {
  return postgres_dialect;
}

result<std::int64_t> handle::run_once(const char* sql, std::span<const parameter> values,
                                      row_sink rows) {
  if (auto connected = connect(); !connected)
    return connected.error();
  auto ran = link_->run(sql, values, rows);
  if (ran)
    return ran;
  away_ = away_ || !link_->is_open();
  return note(link_->last_trouble());
}

result<std::int64_t> handle::run(const char* sql, std::span<const parameter> values,
                                 row_sink rows) {
  if (auto why = refused())
    return *why;
  const bool harmless = only_reads(sql);
  // After a restart of the server, the first read on the old connection fails.
  const bool may_repeat = harmless && !in_transaction_ && link_ && link_->is_open();
  auto affected = run_once(sql, values, rows);
  if (!affected && may_repeat && !link_->is_open() && !link_->was_silent())
    affected = run_once(sql, values, rows);
  if (affected && !harmless && *affected > 0)
    ++changes_;
  return affected;
}

result<done> handle::begin(access mode) {
  if (auto why = refused())
    return *why;
  state_.clear();
  for (int attempt = 1;; ++attempt) {
    if (auto connected = connect(); !connected)
      return connected.error();
    auto begun = link_->script(mode == access::write ? begin_write : begin_read);
    if (begun)
      break;
    away_ = away_ || !link_->is_open();
    if (link_->is_open() || link_->was_silent() || attempt == 2)
      return note(link_->last_trouble());
  }
  in_transaction_ = true;
  outbox_changed_ = false;
  changes_ = 0;
  return done{};
}

std::string handle::commit_statement() {
  const auto now = std::chrono::steady_clock::now();
  notice_pending_ = notice_pending_ || outbox_changed_;
  if (!notice_pending_ || now - last_notice_ < notify_interval)
    return "COMMIT";
  last_notice_ = now;
  notice_pending_ = false;
  return "SELECT pg_notify('tinybook_outbox', current_setting('tinybook.replica')); "
         "COMMIT";
}

/// Commits nothing either where the replica has lost its place meanwhile.
result<done> handle::commit() {
  if (auto why = refused())
    return *why;
  auto committed = link_->script(commit_statement());
  if (!committed) {
    away_ = away_ || !link_->is_open();
    return note(link_->last_trouble());
  }
  in_transaction_ = false;
  return done{};
}

void handle::rollback() {
  if (in_transaction_ && link_ && link_->is_open())
    if (auto undone = link_->script("ROLLBACK"); !undone)
      link_.reset();
  in_transaction_ = false;
  failed_.reset();
}

bool handle::lost_race() const {
  return state_ == "40P01" || state_ == "40001";
}

bool handle::violated_unique() const {
  return state_ == unique_violation;
}

failure handle::defer() {
  deferred_ = true;
  return away("postgres: the write was deferred");
}

result<done> handle::begin_batch() {
  auto begun = begin(access::write);
  in_batch_ = begun.ok();
  deferred_ = false;
  return begun;
}

result<done> handle::commit_batch() {
  auto committed = commit();
  if (committed)
    tell_audited();
  return committed;
}

void handle::end_batch() {
  rollback();
  forget_audited();
  in_batch_ = false;
}

} // namespace tinybook::storage::postgres
