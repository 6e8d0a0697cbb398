#pragma once

#include <span>
#include <string>
#include <string_view>

namespace tinybook::http {

/// `text` with everything hidden that could be a secret: the words of `secrets` (what
/// this very request carried in its secret fields), numbers of six digits and more (codes
/// and phones, also with blanks or dashes between the digits), long words of letters and
/// digits (tokens, keys, hashes), e-mail addresses. For details that come from deep
/// inside, such as the texts of libraries; what is hidden needlessly is no loss.
[[nodiscard]] std::string redact(std::string_view text,
                                 std::span<const std::string_view> secrets = {});

} // namespace tinybook::http
