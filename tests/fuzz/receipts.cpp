#include "http/receipts/receipt_parsers.hpp"
#include "tests/fuzz/target.hpp"

#include <utf8.h>

namespace tinybook::fuzz {

namespace {

using parser = result<http::parsed_receipts> (*)(std::string_view provider,
                                                 std::string_view body);

void try_receipts(parser parse, std::string_view input) {
  const auto parsed = parse("provider", input);
  if (!parsed)
    return;
  expect(parsed->receipts.size() + parsed->not_understood.size() <= http::max_receipts,
         "only so many reports are taken");
  for (const auto& one : parsed->receipts) {
    expect(!one.phone.empty() || !one.domestic_phone.empty(), "a report has a phone");
    expect(!one.provider_message_id.empty() || !one.client_ref.empty(),
           "a report names its message");
    expect(utf8::is_valid(one.text) && utf8::is_valid(one.provider_code)
               && utf8::is_valid(one.phone) && utf8::is_valid(one.provider_message_id),
           "what is kept of a report is UTF-8");
  }
}

} // namespace

void aliyun_receipts(std::string_view input) {
  try_receipts(http::parse_aliyun_receipts, input);
}

void tencent_receipts(std::string_view input) {
  try_receipts(http::parse_tencent_receipts, input);
}

void twilio_receipts(std::string_view input) {
  try_receipts(http::parse_twilio_receipts, input);
}

void webhook_receipts(std::string_view input) {
  try_receipts(http::parse_webhook_receipts, input);
}

} // namespace tinybook::fuzz
