#include "http/providers/webhook_signature.hpp"

#include <doctest/doctest.h>

namespace tinybook::http {

TEST_CASE("a webhook's signature is that of the published vector") {
  const auto key = decode_webhook_secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
  REQUIRE(key);
  CHECK(sign_webhook(*key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1'614'265'330,
                     R"({"test": 2432232314})")
        == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

TEST_CASE("a secret without its prefix or in bad base64 is refused") {
  CHECK_FALSE(decode_webhook_secret("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"));
  CHECK_FALSE(decode_webhook_secret("whsec_not base64"));
  CHECK_FALSE(decode_webhook_secret("whsec_"));
}

} // namespace tinybook::http
