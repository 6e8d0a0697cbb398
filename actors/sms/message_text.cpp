#include "actors/sms/message_text.hpp"

#include "storage/support/text.hpp"

#include <algorithm>
#include <array>

namespace tinybook {

namespace {

struct text_template {
  std::string_view id;
  std::string_view en;
  std::string_view zh;
};

constexpr auto templates = std::to_array<text_template>({
    {"login_code",
     "{code} is your tinybook log-in code. It is valid for {minutes} "
     "{minute|minutes}. Never share it.",
     "【tinybook】登录验证码 {code}，{minutes} 分钟内有效。请勿告诉他人。"},
    {"bind_code",
     "{code} is your code to bind this phone to your tinybook account. It is valid for "
     "{minutes} {minute|minutes}. Never share it.",
     "【tinybook】绑定手机验证码 {code}，{minutes} 分钟内有效。请勿告诉他人。"},
    {"reset_code",
     "{code} is your code to set a new tinybook password. It is valid for {minutes} "
     "{minute|minutes}. Never share it.",
     "【tinybook】重置密码验证码 {code}，{minutes} 分钟内有效。请勿告诉他人。"},
    {"step_up_code",
     "{code} is your code to confirm a change of your tinybook account. It is valid for "
     "{minutes} {minute|minutes}. Never share it.",
     "【tinybook】身份确认验证码 {code}，{minutes} 分钟内有效。请勿告诉他人。"},
    {"notice", // To who has an e-mail to log in by.
     "Your number was replaced in your tinybook account. If it was not you, log in by "
     "e-mail, end all other sessions and set a new password, or tell the site's "
     "operator.",
     "【tinybook】您账号绑定的手机号已被更换。如非本人操作，请用邮箱登录，结束其他会话并"
     "重"
     "设密码，或联系网站管理员。"},
    {"notice_without_email",
     "Your number was replaced in your tinybook account. If it was not you, tell the "
     "site's operator at once.",
     "【tinybook】您账号绑定的手机号已被更换。如非本人操作，请立即联系网站管理员。"},
});

/// One pass, so that a parameter's value is never taken for a placeholder.
result<std::string> fill_in(std::string_view text, const message_parameters& parameters) {
  std::string filled;
  std::string_view number;
  while (!text.empty()) {
    auto open = std::min(text.find('{'), text.size());
    filled += text.substr(0, open);
    text.remove_prefix(open);
    if (text.empty())
      break;
    auto close = text.find('}');
    auto name = text.substr(1, close - 1);
    text.remove_prefix(close + 1);
    if (name.find('|') != std::string_view::npos) {
      filled += plural_form(name, number);
      continue;
    }
    auto it = parameters.find(name);
    if (it == parameters.end())
      return failure{errc::internal, "message without parameter " + std::string{name}};
    filled += number = it->second;
  }
  return filled;
}

} // namespace

result<std::string> render_message(std::string_view template_id,
                                   const message_parameters& parameters, language lang) {
  const auto* it = std::ranges::find(templates, template_id, &text_template::id);
  if (it == templates.end())
    return failure{errc::internal, "no message template " + std::string{template_id}};
  std::string text{lang == language::zh ? it->zh : it->en};
  if (parameters.contains("host"))
    text += "\n\n@{host} #{code}";
  return fill_in(text, parameters);
}

} // namespace tinybook
