#include "tests/support/provider_simulator/script.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace tinybook::test {

namespace {

constexpr std::array<std::pair<std::string_view, behaviour>, 12> behaviours{{
    {"ok", behaviour::ok},
    {"fail", behaviour::fail},
    {"throttle", behaviour::throttle},
    {"limit_number", behaviour::limit_number},
    {"not_here", behaviour::not_here},
    {"reject", behaviour::reject},
    {"error", behaviour::error},
    {"hang", behaviour::hang},
    {"drip", behaviour::drip},
    {"drop", behaviour::drop},
    {"slow", behaviour::slow},
    {"garbage", behaviour::garbage},
}};

constexpr std::array<std::pair<std::string_view, receipt_kind>, 5> receipts{{
    {"none", receipt_kind::none},
    {"genuine", receipt_kind::genuine},
    {"negative", receipt_kind::negative},
    {"forged", receipt_kind::forged},
    {"replayed", receipt_kind::replayed},
}};

template <class Table>
auto look_up(const Table& table, std::string_view word, const char* what) {
  auto found =
      std::ranges::find(table, word, [](const auto& entry) { return entry.first; });
  if (found != table.end())
    return found->second;
  std::string names;
  for (const auto& entry : table)
    names += (names.empty() ? "" : ", ") + std::string{entry.first};
  throw std::invalid_argument("\"" + std::string{word} + "\" is no " + what
                              + "; use one of " + names);
}

template <class Number>
Number number_in(std::string_view text) {
  Number n{};
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
  if (error != std::errc{} || end != text.data() + text.size() || n < 0)
    throw std::invalid_argument("\"" + std::string{text} + "\" is no number");
  return n;
}

milliseconds time_in(std::string_view text) {
  for (auto [unit, factor] :
       {std::pair<std::string_view, int>{"ms", 1}, {"s", 1000}, {"m", 60'000}})
    if (text.size() > unit.size() && text.ends_with(unit))
      return milliseconds{number_in<int>(text.substr(0, text.size() - unit.size()))}
             * factor;
  throw std::invalid_argument("\"" + std::string{text}
                              + "\" is no time; write 800ms, 10s or 2m");
}

std::vector<std::string> split(std::string_view text, char at) {
  std::vector<std::string> out;
  std::istringstream in{std::string{text}};
  for (std::string part; std::getline(in, part, at);)
    out.push_back(part);
  return out;
}

void read_word(conduct& into, std::string_view word) {
  const auto eq = word.find('=');
  const auto key = word.substr(0, eq);
  const auto value =
      eq == std::string_view::npos ? std::string_view{} : word.substr(eq + 1);
  if (key == "status")
    into.status = number_in<int>(value);
  else if (key == "code")
    into.code = value;
  else if (key == "retry-after")
    into.retry_after = time_in(value);
  else if (key == "latency")
    into.latency = time_in(value);
  else if (key == "period")
    into.period = time_in(value);
  else if (key == "share")
    into.share = number_in<double>(value);
  else if (key == "for")
    into.prefixes = split(value, ',');
  else if (key == "receipt")
    into.receipt = look_up(receipts, value, "receipt");
  else if (key == "receipt-after")
    into.receipt_after = time_in(value);
  else if (key == "answer-after")
    into.answer_after = time_in(value);
  else if (key == "pace")
    into.pace = time_in(value);
  else
    throw std::invalid_argument(
        "\"" + std::string{word}
        + "\" is no option; use status=, code=, retry-after=, latency=, period=, share=, "
          "for=, receipt=, receipt-after=, answer-after= or pace=");
}

} // namespace

bool conduct::applies(std::string_view phone, milliseconds into, double dice) const {
  if (period.count() > 0 && (into / period) % 2 == 1)
    return false;
  if (dice >= share)
    return false;
  return prefixes.empty() || std::ranges::any_of(prefixes, [&](const auto& prefix) {
           return phone.starts_with(prefix);
         });
}

provider_script::provider_script(std::string_view text) {
  for (const auto& part : split(text, ';')) {
    std::istringstream words{part};
    std::string from;
    std::string what;
    if (!(words >> from >> what))
      throw std::invalid_argument("a phase is a time and a behaviour, such as \"0s ok\"");
    phase p{time_in(from), {}};
    p.does.what = look_up(behaviours, what, "behaviour");
    if (p.does.what == behaviour::slow)
      p.does.latency = std::chrono::seconds{1};
    for (std::string word; words >> word;)
      read_word(p.does, word);
    if (!phases_.empty() && p.from <= phases_.back().from)
      throw std::invalid_argument("phases are written in the order of their times");
    phases_.push_back(std::move(p));
  }
  if (phases_.empty())
    throw std::invalid_argument("a script has at least one phase, such as \"0s ok\"");
}

provider_script::moment provider_script::at(milliseconds elapsed) const {
  static const conduct fine{};
  moment out{&fine, elapsed};
  for (const auto& p : phases_)
    if (p.from <= elapsed)
      out = {&p.does, elapsed - p.from};
  return out;
}

std::string_view to_string(behaviour what) {
  return std::ranges::find(behaviours, what,
                           [](const auto& entry) { return entry.second; })
      ->first;
}

} // namespace tinybook::test
