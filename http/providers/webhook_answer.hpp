#pragma once

#include "actors/sms/outcome.hpp"
#include "storage/types.hpp"

#include <string_view>

namespace tinybook::http {

/// What a webhook's answer means. The body is looked at for `id` only and never quoted:
/// it may repeat the code.
[[nodiscard]] send_outcome classify_webhook_answer(int status, std::string_view body,
                                                   std::string_view retry_after,
                                                   wall_time now);

} // namespace tinybook::http
