#include "storage/transfer/transfer.hpp"

#include "storage/support/crypto.hpp"
#include "storage/support/encoding.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <deque>
#include <utility>

namespace tinybook::storage {

namespace {

using std::chrono::minutes;

constexpr std::size_t batch_bytes = std::size_t{1} << 20U;
constexpr auto rows_read_back = "FETCH 500 FROM read_back";
constexpr auto longest_statement = minutes{30};

constexpr std::array<std::string_view, 23> tables{"users",
                                                  "verified_phones",
                                                  "session_families",
                                                  "articles",
                                                  "likes",
                                                  "published_articles",
                                                  "article_stats",
                                                  "like_days",
                                                  "collections",
                                                  "article_events",
                                                  "sms_messages",
                                                  "sms_attempts",
                                                  "sms_receipts",
                                                  "sms_early_receipts",
                                                  "code_states",
                                                  "provider_states",
                                                  "probe_leases",
                                                  "kept_answers",
                                                  "audit_events",
                                                  "erased_users",
                                                  "taken_down_articles",
                                                  "hidden_articles",
                                                  "author_totals"};

/// A sum of hashes: it does not depend on the order of the rows.
class checksum {
 public:
  void add(std::string_view row) {
    const auto hash = sha256(row);
    std::array<std::uint64_t, 2> lanes{};
    std::memcpy(lanes.data(), hash.data(), sizeof lanes);
    for (std::size_t i = 0; i < lanes.size(); ++i)
      sum_[i] += lanes[i];
    ++rows_;
  }

  [[nodiscard]] std::int64_t rows() const { return rows_; }
  [[nodiscard]] std::string text() const {
    return hex_encode({reinterpret_cast<const char*>(sum_.data()), sizeof sum_});
  }
  bool operator==(const checksum&) const = default;

 private:
  std::array<std::uint64_t, 2> sum_{};
  std::int64_t rows_ = 0;
};

struct column {
  std::string name;
  bool is_bytes = false;
  bool is_flag = false; ///< A number in SQLite, a boolean in PostgreSQL.
};

column read_column(row& r) {
  return {.name = r.text(), .is_bytes = r.flag()};
}

/// The statements about one table. They live until all is done: connections know a
/// statement by its address.
struct table_plan {
  std::string_view table;
  std::vector<column> columns;
  std::string count;
  std::string read;
  std::string write;
  std::string read_back;
  std::string any;
  std::string last_id;
  std::string go_on;
};

/// `each` of every column, joined by `between`.
template <class Each>
std::string joined(const std::vector<column>& columns, std::string_view between,
                   Each each) {
  std::string out;
  for (const auto& c : columns)
    out += (out.empty() ? "" : std::string{between}) + each(c);
  return out;
}

/// A row as one text that is the same in both databases: the length and the text of each
/// value, a dash for NULL.
std::string canonical(const std::vector<column>& columns, bool in_postgres) {
  return joined(columns, " || ", [&](const column& c) {
    auto text = "CAST(" + c.name + " AS TEXT)";
    if (c.is_bytes)
      text = in_postgres ? "encode(" + c.name + ", 'hex')" : "lower(hex(" + c.name + "))";
    else if (c.is_flag && in_postgres)
      text = "CAST(CAST(" + c.name + " AS integer) AS TEXT)";
    return "coalesce(length(" + text + ") || ':' || " + text + ", '-')";
  });
}

table_plan plan_of(std::string_view name, std::vector<column> columns) {
  const std::string table{name};
  const auto names = joined(columns, ", ", [](const column& c) { return c.name; });
  const auto as_json = joined(columns, ", ", [](const column& c) {
    const auto value = c.is_bytes ? "'\\x' || hex(" + c.name + ")" : c.name;
    return "'" + c.name + "', " + value;
  });
  table_plan p;
  p.table = name;
  p.columns = std::move(columns);
  p.count = "SELECT count(*) FROM " + table;
  p.read = "SELECT json_object(" + as_json + "), " + canonical(p.columns, false)
           + " FROM " + table;
  p.write = "INSERT INTO " + table + " (" + names + ") OVERRIDING SYSTEM VALUE SELECT "
            + names + " FROM json_populate_recordset(NULL::" + table + ", $1::json)";
  p.read_back = "DECLARE read_back NO SCROLL CURSOR FOR SELECT "
                + canonical(p.columns, true) + " FROM " + table;
  p.any = "SELECT EXISTS (SELECT FROM " + table + ")::int";
  p.last_id = "SELECT max(coalesce((SELECT seq FROM sqlite_sequence WHERE name = '"
              + table + "'), 0), coalesce((SELECT max(id) FROM " + table + "), 0))";
  p.go_on = "SELECT setval(pg_get_serial_sequence('" + table
            + "', 'id'), greatest($1::bigint, 1), $1::bigint > 0)";
  return p;
}

constexpr auto select_columns = "SELECT name, type = 'BLOB' FROM pragma_table_info($1)";

constexpr auto select_flags = R"sql(
SELECT attname::text FROM pg_attribute
WHERE attrelid = to_regclass($1) AND atttypid = 'boolean'::regtype)sql";

constexpr auto count_identities = R"sql(
SELECT count(*) FROM pg_attribute
WHERE attrelid = to_regclass($1) AND attname = 'id' AND attidentity <> '')sql";

/// Copies one table and checks it.
class table_move {
 public:
  table_move(const table_plan& plan, sqlite::handle& from, postgres::link& to,
             const std::function<void(const table_transfer&)>& tell)
      : plan_(plan), from_(from), to_(to), tell_(tell) {}

  result<checked_table> run() {
    if (auto counted = from_.one(plan_.count.c_str(), read_number); !counted)
      return counted.error();
    else
      of_ = counted->value_or(0);
    if (auto copied = copy(); !copied)
      return copied.error();
    if (auto gone_on = continue_ids(); !gone_on)
      return gone_on.error();
    auto there = read_back();
    if (!there)
      return there.error();
    if (*there != sent_)
      return failure{errc::unavailable,
                     std::string{plan_.table} + ": " + std::to_string(sent_.rows())
                         + " rows were sent, and " + std::to_string(there->rows())
                         + " with other content read back"};
    return checked_table{plan_.table, sent_.rows(), sent_.text()};
  }

 private:
  result<done> copy() {
    result<done> written{done{}};
    // The rows come one by one; after a failure the rest is passed over.
    auto read = from_.each(plan_.read.c_str(), [&](row& r) {
      if (!written)
        return;
      batch_ += (batch_.empty() ? "[" : ",") + r.text();
      sent_.add(r.text());
      if (batch_.size() >= batch_bytes)
        written = write_batch();
    });
    if (!read)
      return read.error();
    if (written && !batch_.empty())
      written = write_batch();
    return written;
  }

  result<done> write_batch() {
    batch_ += ']';
    auto wrote = to_.exec(plan_.write.c_str(), batch_);
    batch_.clear();
    if (!wrote)
      return failure{wrote.error().code,
                     std::string{plan_.table} + ": " + wrote.error().detail};
    tell_({plan_.table, sent_.rows(), of_});
    return done{};
  }

  result<done> continue_ids() {
    auto identities = to_.one(count_identities, read_number, plan_.table);
    if (!identities)
      return identities.error();
    if (identities->value_or(0) == 0)
      return done{};
    auto last = from_.one(plan_.last_id.c_str(), read_number);
    if (!last)
      return last.error();
    return as_done(to_.exec(plan_.go_on.c_str(), last->value_or(0)));
  }

  result<checksum> read_back() {
    checksum sum;
    if (auto declared = to_.script(plan_.read_back, longest_statement); !declared)
      return declared.error();
    for (;;) {
      auto rows = to_.script(rows_read_back, longest_statement);
      if (!rows)
        return rows.error();
      if (rows->empty())
        break;
      for (const auto& one : *rows)
        sum.add({one[0].c_str(), one[0].size()});
    }
    if (auto closed = to_.script("CLOSE read_back"); !closed)
      return closed.error();
    return sum;
  }

  const table_plan& plan_;
  sqlite::handle& from_;
  postgres::link& to_;
  const std::function<void(const table_transfer&)>& tell_;
  std::int64_t of_ = 0;
  std::string batch_;
  checksum sent_;
};

result<std::deque<table_plan>> plans_of(sqlite::handle& from, postgres::link& to) {
  std::deque<table_plan> out;
  for (const auto table : tables) {
    auto columns = from.all(select_columns, read_column, table);
    if (!columns)
      return columns.error();
    auto flags = to.all(
        select_flags, [](row& r) { return r.text(); }, table);
    if (!flags)
      return flags.error();
    for (auto& c : *columns)
      c.is_flag = std::ranges::find(*flags, c.name) != flags->end();
    out.push_back(plan_of(table, std::move(*columns)));
  }
  return out;
}

result<done> check_empty(postgres::link& to, const std::deque<table_plan>& plans) {
  for (const auto& plan : plans) {
    auto any = to.one(plan.any.c_str(), read_number);
    if (!any)
      return any.error();
    if (any->value_or(0) != 0)
      return failure{errc::unavailable, "the PostgreSQL database is not empty: table "
                                            + std::string{plan.table} + " has rows"};
  }
  return done{};
}

result<std::vector<checked_table>>
move_all(sqlite::handle& from, postgres::link& to,
         const std::function<void(const table_transfer&)>& tell) {
  const auto plans = plans_of(from, to);
  if (!plans)
    return plans.error();
  if (auto empty = check_empty(to, *plans); !empty)
    return empty.error();
  std::vector<checked_table> out;
  for (const auto& plan : *plans) {
    auto moved = table_move{plan, from, to, tell}.run();
    if (!moved)
      return moved.error();
    out.push_back(std::move(*moved));
  }
  return out;
}

} // namespace

std::vector<std::string_view> transferred_tables() {
  return {tables.begin(), tables.end()};
}

result<std::vector<checked_table>>
transfer(sqlite::handle& from, postgres::link& to,
         const std::function<void(const table_transfer&)>& tell) {
  if (auto begun = to.script("BEGIN READ WRITE"); !begun)
    return begun.error();
  auto moved = from.read_together([&] { return move_all(from, to, tell); });
  const auto ended = to.script(moved ? "COMMIT" : "ROLLBACK", longest_statement);
  if (moved && !ended)
    return ended.error();
  return moved;
}

} // namespace tinybook::storage
