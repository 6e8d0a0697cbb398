#include "tests/soak/report.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string_view>

namespace tinybook::soak {

namespace {

constexpr std::size_t most_lines = 12;

struct column {
  const char* head;
  std::string (*cell)(const report_row&);
};

std::string rounded(double value, int digits = 0) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.*f", digits, value);
  return text.data();
}

std::string rate(const report_row& row, traffic_kind kind) {
  const auto n = row.answered.requests.at(static_cast<std::size_t>(kind));
  return row.seconds == 0 ? "" : rounded(static_cast<double>(n) / row.seconds, 1);
}

/// The answer time that `share` of the requests kept to.
std::string percentile(const report_row& row, double share) {
  auto times = row.answered.took_ms;
  if (times.empty())
    return "";
  const auto at =
      times.begin()
      + static_cast<std::ptrdiff_t>(share * static_cast<double>(times.size() - 1));
  std::ranges::nth_element(times, at);
  return rounded(static_cast<double>(*at), *at < 10 ? 1 : 0);
}

std::string count(const report_row& row, answer_class c) {
  return std::to_string(row.answered.answers.at(static_cast<std::size_t>(c)));
}

template <class Text>
std::string of_replicas(const report_row& row, Text text) {
  std::string out;
  for (const auto& one : row.at_end)
    out += (out.empty() ? "" : " ") + text(one);
  return out;
}

std::string messages(const report_row& row) {
  const auto& m = row.messages;
  return std::to_string(m.accepted) + " = " + std::to_string(m.delivered) + "+"
         + std::to_string(m.expired) + "+" + std::to_string(m.dead) + "+"
         + std::to_string(m.waiting);
}

std::string deeds(const report_row& row) {
  std::string out;
  for (const auto& one : row.done)
    out += (out.empty() ? "" : "; ") + one;
  return out;
}

constexpr std::array<column, 21> columns{{
    {"minute",
     [](const report_row& r) {
       return r.first == r.last ? std::to_string(r.first)
                                : std::to_string(r.first) + "–" + std::to_string(r.last);
     }},
    {"reads/s",
     [](const report_row& r) {
       return rate(r, traffic_kind::reads);
     }},
    {"likes/s",
     [](const report_row& r) {
       return rate(r, traffic_kind::likes);
     }},
    {"saves/s",
     [](const report_row& r) {
       return rate(r, traffic_kind::saves);
     }},
    {"codes/s",
     [](const report_row& r) {
       return rate(r, traffic_kind::codes);
     }},
    {"log-ins/s",
     [](const report_row& r) {
       return rate(r, traffic_kind::log_ins);
     }},
    {"p50 ms",
     [](const report_row& r) {
       return percentile(r, 0.5);
     }},
    {"p99 ms",
     [](const report_row& r) {
       return percentile(r, 0.99);
     }},
    {"max ms",
     [](const report_row& r) {
       return percentile(r, 1);
     }},
    {"2xx",
     [](const report_row& r) {
       return count(r, answer_class::ok);
     }},
    {"4xx",
     [](const report_row& r) {
       return count(r, answer_class::expected);
     }},
    {"429",
     [](const report_row& r) {
       return count(r, answer_class::limited);
     }},
    {"503",
     [](const report_row& r) {
       return count(r, answer_class::declared);
     }},
    {"at rest",
     [](const report_row& r) {
       return std::to_string(r.answered.declared_at_rest);
     }},
    {"cut off",
     [](const report_row& r) {
       return count(r, answer_class::broken_by_kill);
     }},
    {"faults",
     [](const report_row& r) {
       return count(r, answer_class::fault);
     }},
    {"RSS MiB",
     [](const report_row& r) {
       return of_replicas(r, [](const held& h) { return rounded(h.rss_mib); });
     }},
    {"files",
     [](const report_row& r) {
       return of_replicas(r, [](const held& h) { return std::to_string(h.files); });
     }},
    {"SMS", messages},
    {"likes = rows = boards",
     [](const report_row& r) {
       return std::to_string(r.likes)
              + (r.losses == 0 ? "" : ", " + std::to_string(r.losses) + " findings");
     }},
    {"the world", deeds},
}};

std::string line(const auto& cell_of) {
  std::string out = "|";
  for (const auto& one : columns)
    out += ' ' + std::string{cell_of(one)} + " |";
  return out + '\n';
}

} // namespace

void report_row::add(const report_row& next) {
  last = next.last;
  seconds += next.seconds;
  answered.add(next.answered);
  at_end = next.at_end;
  messages = next.messages;
  likes = next.likes;
  losses += next.losses;
  done.insert(done.end(), next.done.begin(), next.done.end());
}

std::string table_head() {
  return line([](const column& c) { return c.head; })
         + line([](const column&) { return "---"; });
}

std::string table_line(const report_row& row) {
  return line([&](const column& c) { return c.cell(row); });
}

std::string short_table(const std::vector<report_row>& rows) {
  if (rows.size() <= most_lines)
    return "";
  auto out = table_head();
  const auto width = (rows.size() + most_lines - 1) / most_lines;
  for (std::size_t at = 0; at < rows.size(); at += width) {
    auto joined = rows[at];
    for (auto i = at + 1; i < std::min(at + width, rows.size()); ++i)
      joined.add(rows[i]);
    out += table_line(joined);
  }
  return out;
}

} // namespace tinybook::soak
