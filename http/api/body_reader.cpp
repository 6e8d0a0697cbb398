#include "http/api/body_reader.hpp"

#include "http/text_tools.hpp"
#include "storage/support/text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace tinybook::http {

namespace {

using kind = raw_value::kind;

/// Takes the known scalars of the outermost object.
class object_sax {
 public:
  using json = nlohmann::json;

  object_sax(std::span<const field_spec> specs, std::size_t max_depth)
      : specs_(specs),
        values_(specs.size()),
        aliased_(specs.size()),
        max_depth_(max_depth) {}

  bool null() { return put({}); }
  bool boolean(bool flag) { return put({kind::boolean, flag}); }
  bool number_integer(json::number_integer_t number) {
    return put({kind::integer, false, number});
  }
  bool number_unsigned(json::number_unsigned_t number) {
    if (number > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
      return put({kind::huge_integer, false, 1});
    return put({kind::integer, false, static_cast<std::int64_t>(number)});
  }
  bool number_float(json::number_float_t, const std::string& digits) {
    // The parser gives integers beyond 64 bits as floating point.
    bool whole = digits.find_first_of(".eE") == std::string::npos;
    return put({whole ? kind::huge_integer : kind::fraction, false,
                digits.starts_with('-') ? -1 : 1});
  }
  bool string(std::string& text) { return put({kind::text, false, 0, std::move(text)}); }
  bool binary(json::binary_t&) { return false; }

  bool start_object(std::size_t) {
    if (depth_ == 0)
      is_object_ = true;
    return descend();
  }
  bool start_array(std::size_t) { return descend(); }
  bool end_object() { return ascend(); }
  bool end_array() { return ascend(); }

  bool key(std::string& name) {
    if (depth_ == 1)
      key_ = name;
    return true;
  }

  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception& error) {
    // The text of the exception quotes the body: only its number and position are kept.
    reason_ =
        "JSON error " + std::to_string(error.id) + " at byte " + std::to_string(position);
    constexpr int number_overflow = 406;
    met_overflow_ = error.id == number_overflow;
    return false;
  }

  /// The parser refuses numbers beyond the range of a double, which JSON allows.
  [[nodiscard]] bool met_overflow() const { return met_overflow_; }

  [[nodiscard]] failure why() const { return {errc::malformed_json, reason_}; }

  result<field_values> take() {
    if (!is_object_)
      return failure{field_error{"body", field_rule::wrong_type, 0, "object"}};
    failure refused{errc::invalid_field};
    field_values taken;
    for (std::size_t i = 0; i < specs_.size(); ++i) {
      auto& sent = values_[i] ? values_[i] : aliased_[i];
      take_field(specs_[i], sent ? &*sent : nullptr, taken, refused.fields);
    }
    if (!refused.fields.empty())
      return refused;
    return taken;
  }

 private:
  bool put(raw_value value) {
    if (depth_ != 1)
      return true;
    for (std::size_t i = 0; i < specs_.size(); ++i) {
      if (specs_[i].name == key_)
        values_[i] = std::move(value);
      else if (!specs_[i].alias.empty() && specs_[i].alias == key_)
        aliased_[i] = std::move(value);
      else
        continue;
      break;
    }
    return true;
  }

  bool descend() {
    if (depth_ == 1)
      (void)put({kind::container});
    if (++depth_ <= max_depth_)
      return true;
    reason_ = "nested too deeply";
    return false;
  }

  bool ascend() {
    --depth_;
    return true;
  }

  std::span<const field_spec> specs_;
  std::vector<std::optional<raw_value>> values_;
  std::vector<std::optional<raw_value>> aliased_;
  std::size_t max_depth_;
  std::size_t depth_ = 0;
  bool is_object_ = false;
  std::string key_;
  std::string reason_;
  bool met_overflow_ = false;
};

/// How many bytes of `text` are a number of JSON (RFC 8259, section 6), and whether it is
/// a whole one.
struct number_token {
  std::size_t bytes = 0;
  bool whole = true;
};

number_token number_at(std::string_view text) {
  std::size_t at = text.starts_with('-') ? 1 : 0;
  const auto digits = [&] {
    const auto from = at;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9')
      ++at;
    return at - from;
  };
  const auto first = at;
  if (digits() == 0 || (text[first] == '0' && at > first + 1))
    return {};
  number_token token{at};
  if (at < text.size() && text[at] == '.') {
    ++at;
    if (digits() == 0)
      return {};
    token = {at, false};
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-'))
      ++at;
    if (digits() == 0)
      return {};
    token = {at, false};
  }
  return token;
}

/// How many bytes at the front of `text` are an escaped UTF-16 surrogate without its
/// partner; 0 if there is none. `whole` is set to the bytes of a pair if there is one.
std::size_t lone_surrogate(std::string_view text, std::size_t& whole) {
  constexpr std::size_t unit = 6; // As in \ud83d
  constexpr std::string_view high = "89abAB";
  constexpr std::string_view low = "cdefCDEF";
  const auto is_half = [&](std::size_t at, std::string_view third) {
    return text.size() >= at + unit && text[at] == '\\' && text[at + 1] == 'u'
           && (text[at + 2] == 'd' || text[at + 2] == 'D')
           && third.find(text[at + 3]) != std::string_view::npos;
  };
  if (is_half(0, high) && is_half(unit, low)) {
    whole = 2 * unit;
    return 0;
  }
  return is_half(0, high) || is_half(0, low) ? unit : 0;
}

/// The same JSON for a parser that refuses numbers beyond the range of a double and lone
/// surrogates, which JSON allows. Of fractions and of whole numbers beyond 64 bits we
/// only use kind and sign, and both are kept; a lone surrogate becomes NUL, which no text
/// may hold.
std::string readable(std::string_view json) {
  constexpr std::size_t enough_digits = 300;
  std::string out;
  out.reserve(json.size());
  bool in_text = false;
  for (std::size_t at = 0; at < json.size();) {
    const auto number = in_text ? number_token{} : number_at(json.substr(at));
    if (number.bytes == 0) {
      in_text = in_text != (json[at] == '"');
      auto taken = in_text && json[at] == '\\' ? std::size_t{2} : std::size_t{1};
      if (const auto lone = in_text ? lone_surrogate(json.substr(at), taken) : 0;
          lone > 0) {
        out += "\\u0000";
        at += lone;
        continue;
      }
      out += json.substr(at, taken);
      at += taken;
      continue;
    }
    if (number.whole)
      out += json.substr(at, std::min(number.bytes, enough_digits));
    else
      out += json[at] == '-' ? "-0.5" : "0.5";
    at += number.bytes;
  }
  return out;
}

bool is_utf8_charset(std::string_view parameters) {
  while (!parameters.empty()) {
    auto one = lower_ascii(trim_blanks(take_until(parameters, ';')));
    if (one.starts_with("charset=") && one != "charset=utf-8" && one != "charset=utf8"
        && one != "charset=\"utf-8\"" && one != "charset=us-ascii")
      return false;
  }
  return true;
}

enum class parse_pass : std::uint8_t { first, last };

/// Nothing where in the first pass the parser refused what is valid JSON.
std::optional<result<field_values>> read_object(std::string_view body,
                                                std::span<const field_spec> specs,
                                                std::size_t max_depth,
                                                parse_pass which = parse_pass::first) {
  object_sax sax(specs, max_depth);
  bool read = false;
  try {
    read = trim(body).empty() ? sax.start_object(0)
                              : nlohmann::json::sax_parse(body.begin(), body.end(), &sax);
  } catch (const nlohmann::json::exception& error) {
    return failure{errc::malformed_json, "JSON error " + std::to_string(error.id)};
  }
  if (read)
    return sax.take();
  const bool surrogates = body.find("\\ud") != std::string_view::npos
                          || body.find("\\uD") != std::string_view::npos;
  if (which == parse_pass::first && (sax.met_overflow() || surrogates))
    return std::nullopt;
  return sax.why();
}

} // namespace

result<field_values> read_body(std::string_view body, std::span<const field_spec> specs,
                               std::size_t max_depth) {
  // The parser takes a NUL for the end of the input.
  if (body.find('\0') != std::string_view::npos)
    return failure{errc::malformed_json, "NUL byte"};
  if (auto read = read_object(body, specs, max_depth))
    return std::move(*read);
  return *read_object(readable(body), specs, max_depth, parse_pass::last);
}

bool is_json_media(std::string_view content_type) {
  auto parameters = content_type;
  auto type = lower_ascii(trim_blanks(take_until(parameters, ';')));
  bool json = type == "application/json"
              || (type.starts_with("application/") && type.ends_with("+json"));
  return json && is_utf8_charset(parameters);
}

} // namespace tinybook::http
