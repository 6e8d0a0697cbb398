#include "storage/sqlite/handle.hpp"

#include "storage/dialect.hpp"

namespace tinybook::storage::sqlite {

namespace {

constexpr auto begin_write = "BEGIN IMMEDIATE";
constexpr auto begin_read = "BEGIN DEFERRED";
constexpr auto commit_sql = "COMMIT";
constexpr auto rollback_sql = "ROLLBACK";

// synchronous=FULL: a commit is on the disk when it returns, also in WAL mode.
// secure_delete: what is deleted is overwritten, also where its pages become free, since
// who is erased must not be found in the file.
constexpr auto settings_for_all = "PRAGMA foreign_keys=ON;"
                                  "PRAGMA synchronous=FULL;"
                                  "PRAGMA temp_store=MEMORY;"
                                  "PRAGMA trusted_schema=OFF;";
constexpr auto settings_for_writers = "PRAGMA secure_delete=ON;"
                                      "PRAGMA journal_size_limit=67108864;";

/// Of the file as a URI, where some characters have a meaning.
std::string immutable_name(const std::filesystem::path& file) {
  std::string out = "file:";
  for (const char c : std::filesystem::absolute(file).string()) {
    if (c == '?' || c == '#' || c == '%')
      out += c == '?' ? "%3f" : c == '#' ? "%23" : "%25";
    else
      out += c;
  }
  return out + "?immutable=1";
}

} // namespace

result<std::unique_ptr<handle>> handle::open(const std::filesystem::path& file,
                                             const handle_options& options) {
  sqlite3* db = nullptr;
  const auto flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
                     | (options.read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE)
                     | (options.immutable ? SQLITE_OPEN_URI : 0);
  const auto name = options.immutable ? immutable_name(file) : file.string();
  const auto code = sqlite3_open_v2(name.c_str(), &db, flags, nullptr);
  std::unique_ptr<handle> opened(new handle(db));
  if (code != SQLITE_OK)
    return to_failure(db, code, file.string() + " cannot be opened");
  if (auto configured = opened->configure(options); !configured)
    return configured.error();
  return opened;
}

handle::~handle() {
  statements_.clear();
  sqlite3_close_v2(db_);
}

result<done> handle::configure(const handle_options& options) {
  sqlite3_busy_timeout(db_, static_cast<int>(options.busy_timeout.count()));
  std::string sql = settings_for_all;
  sql += "PRAGMA cache_size=-" + std::to_string(options.cache_kib) + ';';
  if (!options.read_only)
    sql += settings_for_writers;
  if (options.max_pages > 0)
    sql += "PRAGMA max_page_count=" + std::to_string(options.max_pages) + ';';
  return script(sql);
}

result<done> handle::script(const std::string& sql) {
  const auto code = sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK)
    return fail(code, "script");
  return done{};
}

result<sqlite3_stmt*> handle::prepare(const char* sql) {
  if (batch_failure_)
    return *batch_failure_;
  if (auto found = statements_.find(sql); found != statements_.end())
    return found->second.get();
  sqlite3_stmt* statement = nullptr;
  const auto code = sqlite3_prepare_v3(db_, translated(sql).c_str(), -1,
                                       SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  statement_ptr owned(statement);
  if (code != SQLITE_OK)
    return fail(code, "prepare");
  statements_.emplace(sql, std::move(owned));
  return statement;
}

const storage::dialect& handle::dialect() const {
  return sqlite_dialect;
}

result<std::int64_t> handle::run(const char* sql, std::span<const parameter> values,
                                 row_sink rows) {
  auto prepared = prepare(sql);
  if (!prepared)
    return prepared.error();
  const running guard(*prepared);
  if (const auto code = bind_all(*prepared, values); code != SQLITE_OK)
    return fail(code, "bind");
  return step_through(*prepared, rows);
}

result<std::int64_t> handle::step_through(sqlite3_stmt* statement, row_sink rows) {
  while (true) {
    const auto code = sqlite3_step(statement);
    if (code == SQLITE_DONE)
      return std::int64_t{sqlite3_changes64(db_)};
    if (code != SQLITE_ROW)
      return fail(code, "step");
    if (rows) {
      present_row present(statement);
      rows(present);
    }
  }
}

result<done> handle::begin(access mode) {
  if (auto begun = exec(mode == access::write ? begin_write : begin_read); !begun)
    return begun.error();
  return done{};
}

result<done> handle::commit() {
  if (auto committed = exec(commit_sql); !committed)
    return committed.error();
  // While somebody reads for longer than `busy_timeout` the log stays until it is reused.
  if (std::exchange(erased_, false))
    static_cast<void>(sqlite3_wal_checkpoint_v2(db_, nullptr, SQLITE_CHECKPOINT_TRUNCATE,
                                                nullptr, nullptr));
  return done{};
}

void handle::rollback() {
  if (in_transaction())
    static_cast<void>(sqlite3_exec(db_, rollback_sql, nullptr, nullptr, nullptr));
}

failure handle::fail(int code, const char* doing) {
  auto out = to_failure(db_, code, doing);
  if (in_batch_ && (is_fatal(code) || !in_transaction()))
    batch_failure_ = out;
  return out;
}

result<done> handle::begin_batch() {
  auto begun = begin(access::write);
  in_batch_ = begun.ok();
  return begun;
}

result<done> handle::commit_batch() {
  if (batch_failure_)
    return *batch_failure_;
  auto committed = commit();
  if (committed)
    tell_audited();
  return committed;
}

void handle::end_batch() {
  rollback();
  forget_audited();
  in_batch_ = false;
  batch_failure_.reset();
}

} // namespace tinybook::storage::sqlite
