#include "storage/support/encoding.hpp"

#include <doctest/doctest.h>

#include <rapidcheck.h>

namespace tinybook {

TEST_CASE("what was encoded decodes to itself") {
  CHECK(rc::check("round trips", [](const std::string& bytes) {
    RC_ASSERT(hex_decode(hex_encode(bytes)) == bytes);
    RC_ASSERT(base64_decode(base64_encode(bytes)) == bytes);
    RC_ASSERT(base64url_decode(base64url_encode(bytes)) == bytes);
  }));
}

TEST_CASE("what decodes is the one encoding of its bytes") {
  CHECK(rc::check("canonical", [] {
    const auto text = *rc::gen::container<std::string>(
        rc::gen::elementOf(std::string("ABab09+/-_=. \n")));
    if (const auto bytes = base64url_decode(text))
      RC_ASSERT(base64url_encode(*bytes) == text);
    if (const auto bytes = base64_decode(text))
      RC_ASSERT(base64_encode(*bytes) == text);
  }));
}

TEST_CASE("encodings give the vectors of RFC 4648") {
  CHECK(base64_encode("foob") == "Zm9vYg==");
  CHECK(base64url_encode("foob") == "Zm9vYg");
  CHECK(base64url_encode("\xff\xfe\xfd") == "__79");
  CHECK(base64_encode("\xff\xfe\xfd") == "//79");
  CHECK(hex_encode("\x01\xab") == "01ab");
  CHECK(base64_encode("").empty());
}

TEST_CASE("foreign characters, wrong padding and stray bits do not decode") {
  for (const char* text :
       {"Zm9vYg", "Zm9vYg=", "Zm9vYh==", "Zm9v Yg==", "Zm9vYg==\n", "=", "Zm9-", "Z"})
    CHECK_MESSAGE(!base64_decode(text), text);
  for (const char* text : {"Zm9vYg==", "Zm9vYh", "Zm9/", "Zm9vY", "Zm9vYg "})
    CHECK_MESSAGE(!base64url_decode(text), text);
  for (const char* text : {"0", "0g", "01 2", " 01"})
    CHECK_MESSAGE(!hex_decode(text), text);
}

} // namespace tinybook
