#include "storage/code_state_text.hpp"

#include "config/parse_number.hpp"
#include "storage/support/encoding.hpp"

namespace tinybook::storage {

namespace {

// A code is ten fields, each ended by a comma, and a line feed after the last.
constexpr char end_of_field = ',';
constexpr char end_of_code = '\n';

void put(std::string& out, std::string_view field) {
  out += field;
  out += end_of_field;
}

/// Reads the fields of a text one by one; remembers whether one was wrong.
class code_state_reader {
 public:
  explicit code_state_reader(std::string_view text) : rest_(text) {}

  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] bool at_end() const { return rest_.empty(); }

  template <class T>
  T number() {
    const auto value = parse_number<T>(next(end_of_field));
    ok_ = ok_ && value.has_value();
    return value.value_or(0);
  }

  std::string bytes() {
    auto decoded = base64url_decode(next(end_of_field));
    ok_ = ok_ && decoded.has_value();
    return decoded.value_or("");
  }

  void end() { ok_ = next(end_of_code).empty() && ok_; }

 private:
  std::string_view next(char end) {
    const auto size = rest_.find(end);
    if (size == std::string_view::npos) {
      ok_ = false;
      rest_ = {};
      return {};
    }
    const auto field = rest_.substr(0, size);
    rest_.remove_prefix(size + 1);
    return field;
  }

  std::string_view rest_;
  bool ok_ = true;
};

} // namespace

std::string encode_codes(std::span<const live_code> codes) {
  std::string out;
  for (const auto& code : codes) {
    put(out, std::to_string(code.code_id));
    put(out, base64url_encode(code.hash));
    put(out, base64url_encode(code.key_id));
    put(out, std::to_string(to_unix_ms(code.expires_at)));
    put(out, base64url_encode(code.asker));
    put(out, std::to_string(code.tries_left));
    put(out, std::to_string(code.others_left));
    put(out, std::to_string(code.replaced_id));
    put(out, base64url_encode(code.replaced_hash));
    put(out, base64url_encode(code.replaced_key_id));
    out += end_of_code;
  }
  return out;
}

std::optional<std::vector<live_code>> decode_codes(std::string_view text) {
  std::vector<live_code> out;
  code_state_reader fields(text);
  while (fields.ok() && !fields.at_end()) {
    live_code code;
    code.code_id = fields.number<std::int64_t>();
    code.hash = fields.bytes();
    code.key_id = fields.bytes();
    code.expires_at = from_unix_ms(fields.number<std::int64_t>());
    code.asker = fields.bytes();
    code.tries_left = fields.number<int>();
    code.others_left = fields.number<int>();
    code.replaced_id = fields.number<std::int64_t>();
    code.replaced_hash = fields.bytes();
    code.replaced_key_id = fields.bytes();
    fields.end();
    out.push_back(std::move(code));
  }
  if (!fields.ok())
    return std::nullopt;
  return out;
}

} // namespace tinybook::storage
