#include "config/value_text.hpp"
#include "http/commands/doctor/back_ends.hpp"
#include "http/commands/doctor/words.hpp"
#include "http/text_tools.hpp"

#include <algorithm>
#include <chrono>

namespace tinybook::http::doctor {

namespace {

using postgres_server = storage::postgres::server_facts;

findings judge_postgres_server(const postgres_server& f) {
  findings out{fine("postgres.server", "PostgreSQL " + f.version_text)};
  if (f.version < 120'000)
    out.front() = error("postgres.server", "PostgreSQL " + f.version_text,
                        "Upgrade it: 12 is the oldest that works, 15 is what is tested.");
  if (f.encoding != "UTF8")
    out.push_back(
        error("postgres.encoding", f.encoding,
              "Make the database anew with ENCODING 'UTF8' TEMPLATE template0."));
  if (f.standby)
    out.push_back(error("postgres.standby", "the server is a standby, which only reads",
                        "Name the primary (target_session_attrs=read-write in "
                        "postgres.url chooses it among several hosts)."));
  if (!f.encrypted && !f.local)
    out.push_back(
        warning("postgres.encryption", "the connection leaves the machine in clear text",
                "Set postgres.sslmode to \"verify-full\", and postgres.ca_file."));
  return out;
}

findings judge_pooler(const postgres_server& f) {
  if (f.pooled_by_transaction)
    return {error("postgres.pooler", "a pooler shares sessions by transaction",
                  "Connect past it, or let it pool by session: LISTEN, prepared "
                  "statements, locks of the session and our settings need one.")};
  if (f.pooled)
    return {
        warning("postgres.pooler", "a pooler is in between",
                "Make sure that it pools by session (pool_mode = session), or connect "
                "past it.")};
  return {};
}

findings judge_durability(const postgres_server& f) {
  findings out;
  if (setting(f.settings, "fsync") == "off")
    out.push_back(error("postgres.fsync", "off: a crash of the machine damages the data",
                        "Set fsync = on."));
  if (setting(f.settings, "full_page_writes") == "off")
    out.push_back(warning(
        "postgres.full_page_writes", "off: a crash of the machine may damage pages",
        "Set full_page_writes = on, unless the file system writes whole "
        "pages."));
  if (setting(f.settings, "synchronous_commit") == "off")
    out.push_back(note("postgres.synchronous_commit",
                       "off by default; tinybook's own sessions switch it on"));
  if (out.empty())
    out.push_back(fine("postgres.durability", "what is committed is on the disk"));
  return out;
}

/// Our sessions set those of statements, locks and transactions themselves.
findings judge_session(const postgres_server& f) {
  findings out;
  for (const auto* name : {"idle_session_timeout", "transaction_timeout"})
    if (const auto ms = number_setting(f.settings, name).value_or(0); ms > 0)
      out.push_back(
          warning(std::string{"postgres."} + name,
                  config::format_duration(std::chrono::milliseconds{ms})
                      + ": it ends our sessions",
                  std::string{"Set it to 0 for the role of tinybook (ALTER ROLE … SET "}
                      + name + " = 0)."));
  for (const auto* name :
       {"statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"})
    if (const auto ms = number_setting(f.settings, name).value_or(0); ms > 0)
      out.push_back(note(std::string{"postgres."} + name,
                         config::format_duration(std::chrono::milliseconds{ms})
                             + " by default; tinybook's own sessions set theirs"));
  const auto isolation = setting(f.settings, "default_transaction_isolation");
  if (!isolation.empty() && isolation != "read committed")
    out.push_back(warning("postgres.isolation", isolation + " by default",
                          "Let the role of tinybook begin with read committed: others "
                          "fail where two replicas meet."));
  return out;
}

findings judge_rights(const postgres_server& f, bool must_change) {
  findings out;
  if (f.schema.empty())
    out.push_back(error("postgres.schema", "no schema of the search_path is there",
                        "Make one, or set the search_path of the role."));
  else if (f.closed_tables > 0)
    out.push_back(
        error("postgres.rights",
              fill_in("this role has no access to {} {table|tables} of schema {}",
                      {std::to_string(f.closed_tables), f.schema}),
              "Let the role own them, or grant SELECT, INSERT, UPDATE and "
              "DELETE."));
  else if (must_change && !f.may_make_tables)
    out.push_back(error(
        "postgres.rights", "the role may not make tables in schema " + f.schema,
        "GRANT CREATE ON SCHEMA " + f.schema + ", or let the role own the database."));
  else if (must_change && f.foreign_tables > 0)
    out.push_back(error("postgres.rights",
                        "tables belong to another role, so this one cannot upgrade them",
                        "REASSIGN OWNED, or start once as their owner."));
  else
    out.push_back(fine("postgres.rights", "as needed in schema " + f.schema));
  if (!f.may_make_temporary)
    out.push_back(note("postgres.temporary",
                       "the role may make no temporary table: the start does not compare "
                       "the schema",
                       "GRANT TEMP ON DATABASE."));
  return out;
}

findings judge_schema(const postgres_server& f) {
  if (!f.tables)
    return {error("postgres.schema", f.tables.error().detail,
                  "Name an empty database or that of tinybook in postgres.url.")};
  return judge_version("postgres.schema", *f.tables, f.known_version);
}

/// Those that run, and this one.
findings judge_sessions(const postgres_server& f, const config::settings& s,
                        const std::string& replica) {
  std::string names;
  for (const auto& one : f.replicas)
    names += (names.empty() ? "" : ", ") + one.name;
  findings out{fine("postgres.replicas", names.empty() ? "none runs" : names)};
  const bool counted = std::ranges::any_of(
      f.replicas, [&](const auto& one) { return one.name == replica; });
  const auto count = static_cast<std::int64_t>(f.replicas.size() + (counted ? 0 : 1));
  const auto wanted = static_cast<std::int64_t>(s.postgres.connections + 1) * count;
  const auto told = std::to_string(f.max_sessions) + " at most, "
                    + std::to_string(f.sessions) + " now, " + std::to_string(count)
                    + (count == 1 ? " replica wants " : " replicas want ")
                    + std::to_string(wanted);
  if (wanted > f.max_sessions)
    out.push_back(error("postgres.sessions", told,
                        "Raise max_connections (and the role's CONNECTION LIMIT), or "
                        "lower postgres.connections."));
  else if (!counted && wanted / count > f.max_sessions - f.sessions)
    out.push_back(warning("postgres.sessions", told,
                          "Raise max_connections: others take what this replica needs."));
  else
    out.push_back(fine("postgres.sessions", told));
  return out;
}

} // namespace

findings judge_postgres(const postgres_server& server, const config::settings& s,
                        const std::string& replica) {
  const bool must_change = server.tables && server.tables->present < server.known_version;
  if (server.pooled_by_transaction)
    return judge_pooler(server);
  auto out = judge_postgres_server(server);
  append(out, judge_pooler(server));
  append(out, judge_durability(server));
  append(out, judge_session(server));
  if (server.closed_tables == 0)
    append(out, judge_schema(server));
  if (server.tables || server.closed_tables != 0)
    append(out, judge_rights(server, must_change));
  append(out, judge_sessions(server, s, replica));
  return out;
}

} // namespace tinybook::http::doctor
