#include "config/value_text.hpp"

#include "config/parse_number.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <span>

namespace tinybook::config {

namespace {

struct unit {
  std::string_view name;
  std::int64_t factor;
};

// Smallest first: formatting takes the last one that divides the value.
constexpr auto time_units = std::to_array<unit>({
    {"ms", 1},
    {"s", 1000},
    {"m", 60'000},
    {"h", 3'600'000},
    {"d", 86'400'000},
});
constexpr auto byte_units = std::to_array<unit>({
    {"B", 1},
    {"KiB", std::int64_t{1} << 10},
    {"MiB", std::int64_t{1} << 20},
    {"GiB", std::int64_t{1} << 30},
});

// Keeps a fraction times the factor of any unit far within 64 bits.
constexpr std::size_t max_fraction_digits = 6;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool all_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_digit);
}

/// `whole[.fraction]` times `factor`, if that is a whole number that fits.
std::optional<std::int64_t> scaled(std::string_view number, std::int64_t factor) {
  constexpr auto most = std::numeric_limits<std::int64_t>::max();
  const auto point = std::min(number.find('.'), number.size());
  const auto digits = number.substr(0, point);
  const auto whole = parse_number<std::int64_t>(digits);
  if (!all_digits(digits) || !whole || *whole > most / factor)
    return std::nullopt;
  if (point == number.size())
    return *whole * factor;

  const auto fraction = number.substr(point + 1);
  if (!all_digits(fraction) || fraction.size() > max_fraction_digits)
    return std::nullopt;
  std::int64_t parts = 1;
  for (std::size_t i = 0; i < fraction.size(); ++i)
    parts *= 10;
  const auto share = *parse_number<std::int64_t>(fraction) * factor;
  if (share % parts != 0 || share / parts > most - *whole * factor)
    return std::nullopt;
  return *whole * factor + share / parts;
}

std::optional<std::int64_t> parse_with_unit(std::string_view text,
                                            std::span<const unit> units) {
  const auto number = std::min(text.find_first_not_of("0123456789."), text.size());
  const auto name = text.substr(number);
  const auto found = std::ranges::find(units, name, &unit::name);
  if (found == units.end())
    return std::nullopt;
  return scaled(text.substr(0, number), found->factor);
}

std::string format_with_unit(std::int64_t value, const unit& zero,
                             std::span<const unit> units) {
  const auto* chosen = &zero;
  if (value != 0)
    for (const auto& candidate : units)
      if (value % candidate.factor == 0)
        chosen = &candidate;
  return std::to_string(value / chosen->factor) + std::string{chosen->name};
}

} // namespace

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
  const auto count = parse_with_unit(text, time_units);
  if (!count)
    return std::nullopt;
  return std::chrono::milliseconds{*count};
}

std::string format_duration(std::chrono::milliseconds value) {
  return format_with_unit(value.count(), time_units[1], time_units);
}

std::optional<std::int64_t> parse_bytes(std::string_view text) {
  if (all_digits(text))
    return parse_number<std::int64_t>(text);
  return parse_with_unit(text, byte_units);
}

std::string format_bytes(std::int64_t value) {
  return format_with_unit(value, byte_units[0], byte_units);
}

std::optional<std::chrono::minutes> parse_utc_offset(std::string_view text,
                                                     std::chrono::minutes most) {
  constexpr std::size_t length = std::string_view{"+08:00"}.size();
  if (text.size() != length || (text[0] != '+' && text[0] != '-') || text[3] != ':'
      || !all_digits(text.substr(1, 2)) || !all_digits(text.substr(4)))
    return std::nullopt;
  const auto hours = *parse_number<int>(text.substr(1, 2));
  const auto minutes = *parse_number<int>(text.substr(4));
  const auto offset = std::chrono::hours{hours} + std::chrono::minutes{minutes};
  if (minutes > 59 || offset > most)
    return std::nullopt;
  return text[0] == '-' ? -offset : offset;
}

std::string format_utc_offset(std::chrono::minutes value) {
  const auto count = std::abs(value.count());
  std::string text{value.count() < 0 ? "-00:00" : "+00:00"};
  const auto put = [&text](std::size_t at, std::int64_t number) {
    text[at] = static_cast<char>('0' + number / 10);
    text[at + 1] = static_cast<char>('0' + number % 10);
  };
  put(1, count / 60);
  put(4, count % 60);
  return text;
}

std::optional<double> parse_real(std::string_view text) {
  const auto value = parse_number<double>(text);
  return value && std::isfinite(*value) ? value : std::nullopt;
}

std::string format_real(double value) {
  std::array<char, 32> buffer{};
  const auto* end =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  std::string text(buffer.data(), static_cast<std::size_t>(end - buffer.data()));
  if (text.find_first_of(".e") == std::string::npos)
    text += ".0";
  return text;
}

std::string quote(std::string_view text) {
  constexpr std::string_view hex = "0123456789ABCDEF";
  std::string quoted{'"'};
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else if (byte < 0x20 || byte == 0x7F) {
      quoted += "\\u00";
      quoted += hex[byte >> 4U];
      quoted += hex[byte & 0xFU];
    } else {
      quoted += c;
    }
  }
  quoted += '"';
  return quoted;
}

} // namespace tinybook::config
