#include "tests/support/provider_simulator/dialect.hpp"

#include <stdexcept>
#include <utility>

namespace tinybook::test {

dialect_kind dialect_named(std::string_view name) {
  for (auto [text, kind] : {std::pair{"webhook", dialect_kind::webhook},
                            {"tencent", dialect_kind::tencent},
                            {"aliyun", dialect_kind::aliyun},
                            {"twilio", dialect_kind::twilio}})
    if (name == text)
      return kind;
  throw std::invalid_argument("\"" + std::string{name}
                              + "\" is no kind; use webhook, tencent, aliyun or twilio");
}

std::unique_ptr<provider_dialect> make_dialect(dialect_kind kind, credentials keys) {
  switch (kind) {
  case dialect_kind::tencent:
    return make_tencent_dialect(std::move(keys));
  case dialect_kind::aliyun:
    return make_aliyun_dialect(std::move(keys));
  case dialect_kind::twilio:
    return make_twilio_dialect(std::move(keys));
  case dialect_kind::webhook:
    break;
  }
  return make_webhook_dialect(std::move(keys));
}

std::string with_wrong_secret(const std::string& url) {
  return url.substr(0, url.rfind('/') + 1) + "a-secret-that-nobody-gave";
}

} // namespace tinybook::test
