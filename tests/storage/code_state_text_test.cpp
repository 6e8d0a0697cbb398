#include "storage/code_state_text.hpp"

#include <doctest/doctest.h>

#include <rapidcheck.h>
#include <string>
#include <vector>

namespace tinybook {

using storage::decode_codes;
using storage::encode_codes;

namespace {

rc::Gen<live_code> any_code() {
  const auto small =
      rc::gen::inRange<std::int64_t>(-1'000'000'000'000, 1'000'000'000'000);
  return rc::gen::build<live_code>(
      rc::gen::set(&live_code::code_id), rc::gen::set(&live_code::hash),
      rc::gen::set(&live_code::key_id),
      rc::gen::set(&live_code::expires_at, rc::gen::map(small, from_unix_ms)),
      rc::gen::set(&live_code::asker), rc::gen::set(&live_code::tries_left),
      rc::gen::set(&live_code::others_left), rc::gen::set(&live_code::replaced_id),
      rc::gen::set(&live_code::replaced_hash), rc::gen::set(&live_code::replaced_key_id));
}

} // namespace

TEST_CASE("codes of any bytes survive a round trip through a column") {
  CHECK(rc::check("decode(encode(x)) == x", [] {
    const auto codes = *rc::gen::container<std::vector<live_code>>(any_code());
    const auto back = decode_codes(encode_codes(codes));
    RC_ASSERT(back.has_value());
    RC_ASSERT(*back == codes);
  }));
}

TEST_CASE("a column of codes that was cut or changed is refused") {
  const auto text = encode_codes({{live_code{}}});
  CHECK(decode_codes(text));
  CHECK(decode_codes(""));
  for (std::size_t size = 1; size < text.size(); ++size)
    CHECK_FALSE(decode_codes(text.substr(0, size)));
  for (const auto* wrong :
       {"\n", ",\n", "x,,,0,,0,0,0,,,\n", "0,,,0,,0,0,0,,\n", "0,,,0,,0,0,0,,,,\n",
        "0,!,,0,,0,0,0,,,\n", "0,,,0,,0,99999999999999,0,,,\n"})
    CHECK_FALSE(decode_codes(wrong));
}

} // namespace tinybook
