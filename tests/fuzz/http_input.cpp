#include "http/api/body_reader.hpp"
#include "http/server/chunked_body.hpp"
#include "http/server/request_scanner.hpp"
#include "tests/fuzz/target.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <string>

namespace tinybook::fuzz {

namespace {

http::scan_limits small_limits() {
  return {600, 8, 120, [](std::string_view, std::string_view path) {
            return path == "/big" ? std::size_t{300} : std::size_t{40};
          }};
}

/// The result of a scanner.
struct decision {
  http::request_scanner::state last = http::request_scanner::state::empty;
  errc refusal = errc::none;
  std::string head;
  std::string body;

  bool operator==(const decision&) const = default;
};

decision scan(std::string_view input, std::size_t step) {
  using state = http::request_scanner::state;
  http::request_scanner scanner;
  const auto limits = small_limits();
  std::string buffer;
  decision out;
  for (std::size_t at = 0; at < input.size(); at += step) {
    buffer += input.substr(at, step);
    out.last = scanner.advance(buffer, 0, limits);
    if (out.last == state::whole || out.last == state::refused)
      break;
  }
  if (out.last == state::refused)
    out.refusal = scanner.refusal();
  for (const auto& one : scanner.head().headers)
    out.head += std::string{one.name.in(buffer.data())} + ':'
                + std::string{one.value.in(buffer.data())} + '\n';
  if (out.last == state::whole) {
    out.body = buffer.substr(scanner.head_bytes(), scanner.body_bytes());
    expect(out.body.size() <= 300, "a body keeps to its limit");
  }
  return out;
}

} // namespace

void requests(std::string_view input) {
  const auto whole = scan(input, input.size() + 1);
  expect(scan(input, 1) == whole, "a request is the same however it arrives");
  expect(scan(input, 7) == whole, "a request is the same however it arrives");
}

/// A chunked body; bytes after its end are left untouched.
void chunks(std::string_view input) {
  constexpr std::size_t most = 512;
  const auto decode = [&](std::size_t step) {
    http::chunked_body chunks;
    std::string buffer;
    std::size_t end = 0;
    auto state = http::chunked_body::state::more;
    std::size_t at = 0;
    for (; at < input.size() && state == http::chunked_body::state::more; at += step) {
      buffer += input.substr(at, step);
      state = chunks.advance(buffer, end, most);
    }
    expect(end <= buffer.size() && end <= most, "chunks keep to their limit");
    return std::pair(state, buffer.substr(0, end));
  };
  const auto whole = decode(input.size() + 1);
  const auto bytes = decode(1);
  expect(bytes.first == whole.first, "chunks are the same however they arrive");
  if (whole.first == http::chunked_body::state::whole)
    expect(bytes.second == whole.second, "chunks are the same however they arrive");
}

void json_bodies(std::string_view input) {
  constexpr std::size_t max_depth = 16;
  const std::array<http::field_spec, 3> specs{
      {{.name = "text", .type = http::field_type::text},
       {.name = "id",
        .type = http::field_type::integer,
        .needed = http::presence::optional},
       {.name = "flag",
        .type = http::field_type::boolean,
        .needed = http::presence::clearable}}};
  const auto read = http::read_body(input, specs, max_depth);
  if (read)
    expect(read->integer("id") <= http::max_json_integer, "numbers keep to their range");
  else
    expect(read.error().code == errc::malformed_json
               || read.error().code == errc::invalid_field,
           "whatever is sent, it is the sender's fault");
  // The reference parser refuses numbers beyond a double, and takes any depth.
  const auto known = nlohmann::json::parse(input.begin(), input.end(), nullptr, false);
  if (!read && read.error().code == errc::malformed_json && !known.is_discarded())
    expect(read.error().detail == "nested too deeply"
               || input.find('\0') != std::string_view::npos,
           "what is JSON is not malformed");
}

} // namespace tinybook::fuzz
