#pragma once

#include "storage/result.hpp"
#include "storage/sms_archive.hpp"

#include <cstddef>
#include <string_view>
#include <vector>

namespace tinybook::http {

/// More reports than this in one request are refused.
inline constexpr std::size_t max_receipts = 500;

struct parsed_receipts {
  std::vector<storage::receipt> receipts;
  /// The field of each report that could not be understood.
  std::vector<field_error> not_understood;
};

// What each kind of provider reports. Only final states count; known intermediate ones
// are ignored. A report without a phone, an id or a known status is not understood; the
// others of the request count. What looks like a number or a secret in a text is not
// kept. Fails
// with `malformed_json` where the body is not what the provider sends, with
// `body_too_large` beyond `max_receipts`.

/// `[{nationcode, mobile, report_status, errmsg, description, sid}]`
[[nodiscard]] result<parsed_receipts> parse_tencent_receipts(std::string_view provider,
                                                             std::string_view body);

/// `[{phone_number, biz_id, out_id, success, err_code, err_msg}]`
[[nodiscard]] result<parsed_receipts> parse_aliyun_receipts(std::string_view provider,
                                                            std::string_view body);

/// The form `MessageSid, MessageStatus, To, ErrorCode`.
[[nodiscard]] result<parsed_receipts> parse_twilio_receipts(std::string_view provider,
                                                            std::string_view body);

/// `{id | message_id, client_ref, phone, delivered | status, code, text}`, or an array of
/// them.
[[nodiscard]] result<parsed_receipts> parse_webhook_receipts(std::string_view provider,
                                                             std::string_view body);

} // namespace tinybook::http
