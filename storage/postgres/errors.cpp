#include "storage/postgres/errors.hpp"

#include <pqxx/pqxx>

#include <algorithm>
#include <utility>

namespace tinybook::storage::postgres {

namespace {

/// By SQLSTATE, or its class (appendix A of PostgreSQL's manual).
errc classify(std::string_view state) {
  if (state == "53100") // disk full
    return errc::storage_full;
  if (state == "55P03") // lock not available
    return errc::database_busy;
  const auto kind = state.substr(0, 2);
  for (const std::string_view passing :
       {"08", "25", "28", "3D", "40", "53", "55", "57", "58", "F0", "XX"})
    if (kind == passing)
      return errc::unavailable;
  return errc::internal;
}

/// The first line of the server's message; later lines may quote values.
std::string first_line(std::string_view text) {
  return std::string(text.substr(0, text.find('\n')));
}

/// Class 22: data exceptions quote the value that was refused.
std::string words_of(std::string_view state, std::string_view text) {
  return state.starts_with("22") ? std::string("data was refused") : first_line(text);
}

/// libpq reports each address that it has tried on a line of its own.
std::string one_line(std::string_view text) {
  std::string out(text);
  while (!out.empty() && out.back() == '\n')
    out.pop_back();
  std::replace(out.begin(), out.end(), '\n', ' ');
  std::erase(out, '\t');
  return out;
}

trouble from_sql(const pqxx::sql_error& error, std::string_view doing) {
  const auto& state = error.sqlstate();
  std::string detail = "postgres: ";
  detail += doing;
  detail += ": " + words_of(state, error.what()) + " (" + state + ')';
  failure why(state.empty() ? errc::unavailable : classify(state), std::move(detail));
  if (why.code != errc::internal)
    why.retry_after = retry_soon;
  return {std::move(why), state};
}

} // namespace

trouble to_trouble(const std::exception_ptr& thrown, std::string_view doing) {
  const auto prefix = "postgres: " + std::string(doing) + ": ";
  try {
    std::rethrow_exception(thrown);
  } catch (const pqxx::sql_error& e) {
    return from_sql(e, doing);
  } catch (const pqxx::deadlock_detected& e) {
    return {away(prefix + "deadlock"), "40P01"};
  } catch (const pqxx::serialization_failure&) {
    return {away(prefix + "serialization failure"), "40001"};
  } catch (const pqxx::failure& e) {
    return {away(prefix + one_line(e.what())), ""};
  } catch (const std::exception& e) {
    return {failure(errc::internal, prefix + first_line(e.what())), ""};
  }
}

failure away(std::string detail, std::chrono::milliseconds retry_after) {
  failure out(errc::unavailable, std::move(detail));
  out.retry_after = retry_after;
  return out;
}

} // namespace tinybook::storage::postgres
