#include "http/api/error_texts.hpp"

#include "http/api/language.hpp"
#include "http/text_tools.hpp"

#include <algorithm>
#include <array>

namespace tinybook::http {

namespace {

struct error_entry {
  int status;
  sentence text;
};

error_entry entry_of(errc code) {
  // No default, so that a code without an entry does not compile.
  switch (code) {
  case errc::bad_request:
    return {400, {"The request could not be understood.", "无法理解该请求。"}};
  case errc::malformed_json:
    return {400, {"The body is not valid JSON.", "请求体不是有效的 JSON。"}};
  case errc::invalid_field:
    return {400, {"A field is not acceptable.", "有字段不符合要求。"}};
  case errc::unsupported_media:
    return {415,
            {"The body must be sent as application/json.",
             "请求体必须为 application/json。"}};
  case errc::no_sms_route:
    return {400,
            {"We cannot send messages to this number.", "暂不支持向该号码发送短信。"}};
  case errc::login_required:
    return {401, {"Please log in first.", "请先登录。"}};
  case errc::token_invalid:
    return {401, {"The token is not valid.", "令牌无效。"}};
  case errc::token_expired:
    return {401, {"The token has expired.", "令牌已过期。"}};
  case errc::token_revoked:
    return {401, {"This session has been logged out.", "该会话已退出登录。"}};
  case errc::token_reused:
    return {401,
            {"This refresh token was used before; the session is closed for safety.",
             "该刷新令牌已被使用，为安全起见会话已关闭。"}};
  case errc::wrong_credentials:
    return {401, {"The e-mail or the password is wrong.", "邮箱或密码不正确。"}};
  case errc::wrong_code:
    return {401, {"The code is wrong or no longer valid.", "验证码错误或已失效。"}};
  case errc::admin_token_needed:
    return {401,
            {"This needs an admin token; that of the first start stands in admin.token "
             "in the data folder, or where admin.token_file says.",
             "需要管理令牌；首次启动生成的令牌位于数据目录的 admin.token 文件中，或 "
             "admin.token_file 所指的文件中。"}};
  case errc::admin_level_needed:
    return {403,
            {"The token is good, but its level is not high enough for this.",
             "令牌有效，但其权限级别不足以执行此操作。"}};
  case errc::not_author:
    return {403, {"Only the author may do this.", "只有作者可以执行此操作。"}};
  case errc::origin_refused:
    return {403,
            {"Requests from this origin or host are not accepted.",
             "不接受来自该来源的请求。"}};
  case errc::step_up_required:
    return {403, {"Please prove again who you are.", "请再次验证身份。"}};
  case errc::account_banned:
    return {403,
            {"This account has been banned by the operator of this site; ask them why.",
             "该账号已被网站管理员封禁，如有疑问请联系管理员。"}};
  case errc::article_taken_down:
    return {403,
            {"The operator of this site has taken this article down; ask them why.",
             "该文章已被网站管理员下架，如有疑问请联系管理员。"}};
  case errc::form_expired:
    return {403,
            {"This form belongs to another session or was open for too long; nothing was "
             "changed.",
             "该表单属于其他会话或已过期，未作任何更改。"}};
  case errc::verdict_denied:
    return {403, {"We cannot do this for you right now.", "暂时无法为您执行此操作。"}};
  case errc::no_such_path:
    return {404, {"There is nothing at this path.", "该路径不存在。"}};
  case errc::article_not_found:
    return {
        404,
        {"There is no such article, or it is not published.", "文章不存在或未发表。"}};
  case errc::user_not_found:
    return {404, {"There is no such user.", "用户不存在。"}};
  case errc::actor_not_found:
    return {404, {"There is no such actor.", "没有该 actor。"}};
  case errc::provider_not_found:
    return {404, {"There is no such SMS provider.", "没有该短信服务商。"}};
  case errc::message_not_found:
    return {404, {"There is no such message.", "没有该短信。"}};
  case errc::session_not_found:
    return {404,
            {"There is no such session; it may have ended.", "会话不存在或已结束。"}};
  case errc::method_not_allowed:
    return {405, {"This path does not take this method.", "该路径不支持此方法。"}};
  case errc::request_timeout:
    return {408, {"The request did not arrive in time.", "请求未能及时到达。"}};
  case errc::email_taken:
    return {409, {"This e-mail is already registered.", "该邮箱已被注册。"}};
  case errc::phone_taken:
    return {409, {"This phone belongs to another account.", "该手机号已绑定其他账号。"}};
  case errc::sms_pending:
    return {
        409,
        {"A code for this phone is already on its way.", "该手机号的验证码正在发送中。"}};
  case errc::wrong_state:
    return {409,
            {"This is not possible in the present state.", "当前状态下无法执行此操作。"}};
  case errc::message_expired:
    return {409, {"The code of this message has expired.", "该短信的验证码已过期。"}};
  case errc::no_phone:
    return {409, {"This account has no phone.", "该账号未绑定手机号。"}};
  case errc::body_too_large:
    return {413, {"The body is too large.", "请求体过大。"}};
  case errc::uri_too_long:
    return {414, {"The address is too long.", "请求地址过长。"}};
  case errc::head_too_large:
    return {431, {"The request head is too large.", "请求头过大。"}};
  case errc::report_not_understood:
    return {422,
            {"A delivery report lacks a field, or has one that is not known.",
             "送达回执缺少字段或包含未知的值。"}};
  case errc::key_reused:
    return {422,
            {"This Idempotency-Key was used for another request.",
             "该 Idempotency-Key 已用于其他请求。"}};
  case errc::rate_limited:
    return {429, {"Too many requests; try again later.", "请求过于频繁，请稍后再试。"}};
  case errc::send_cooldown:
    return {429,
            {"A code was sent just now; wait before asking for another.",
             "验证码刚刚发送，请稍后再试。"}};
  case errc::too_many_tries:
    return {429,
            {"Too many wrong tries; ask for a new code.",
             "错误次数过多，请重新获取验证码。"}};
  case errc::send_held:
    return {
        429,
        {"Codes to this destination are held back for now.", "暂停向该地区发送验证码。"}};
  case errc::quota_reached:
    return {429,
            {"You have as many articles, or as much text, as you may; delete some first.",
             "您的文章数量或内容已达上限，请先删除部分文章。"}};
  case errc::overloaded:
    return {503, {"The server is busy; try again shortly.", "服务器繁忙，请稍后再试。"}};
  case errc::draining:
    return {503, {"The server is shutting down; try again.", "服务器正在停止，请重试。"}};
  case errc::starting:
    return {
        503,
        {"The server is starting; try again shortly.", "服务器正在启动，请稍后再试。"}};
  case errc::unavailable:
    return {
        503,
        {"A part of the service is not available right now.", "部分服务暂时不可用。"}};
  case errc::storage_full:
    return {503,
            {"The server cannot store anything right now.", "服务器暂时无法保存数据。"}};
  case errc::codes_full:
    return {503,
            {"Too many codes are in use right now; try again later.",
             "验证码数量已满，请稍后再试。"}};
  case errc::database_busy:
    return {503, {"The server is busy; try again shortly.", "服务器繁忙，请稍后再试。"}};
  case errc::deadline_exceeded:
    return {504, {"The answer took too long.", "处理超时。"}};
  case errc::none:
  case errc::internal:
    break;
  }
  return {500, {"Something went wrong on our side.", "系统内部错误。"}};
}

/// What is known beyond what the error says; empty where that says it all.
sentence sentence_of(limit_rule rule) {
  constexpr sentence none{{}, {}};
  // In every case alike, so that it tells nothing of the account: not whether there is
  // one, nor whether it has a phone.
  constexpr sentence log_in{
      "Too many log-ins have failed or were tried; try again later, or log in with a "
      "code by SMS instead.",
      "登录失败或尝试次数过多，请稍后再试，或改用短信验证码登录。"};
  constexpr sentence phone{"This phone has got too many codes; try again later.",
                           "该手机号获取验证码过于频繁，请稍后再试。"};
  constexpr sentence address{
      "Too many codes were asked for from your address; try again later.",
      "您所在的网络地址获取验证码过于频繁，请稍后再试。"};
  constexpr sentence network{
      "Too many codes were asked for from your network; try again later.",
      "您所在的网络获取验证码过于频繁，请稍后再试。"};
  constexpr sentence all{"Too many codes are being sent right now; try again later.",
                         "当前发送的验证码过多，请稍后再试。"};
  // No default, so that a rule that is forgotten does not compile.
  switch (rule) {
  case limit_rule::code_phone_hour:
  case limit_rule::code_phone_day:
  case limit_rule::code_owner_hour:
  case limit_rule::code_owner_day:
    return phone;
  case limit_rule::code_phone_network_hour:
  case limit_rule::code_phone_network_day:
    return {"Too many codes were asked for this phone from your network; try again "
            "later.",
            "您所在的网络为该手机号获取验证码过于频繁，请稍后再试。"};
  case limit_rule::code_address_hour:
  case limit_rule::code_address_day:
    return address;
  case limit_rule::code_network_hour:
  case limit_rule::code_network_day:
    return network;
  case limit_rule::code_region_hour:
    return {"Too many codes are being sent to this region; try again later.",
            "当前发送到该地区的验证码过多，请稍后再试。"};
  case limit_rule::code_all_hour:
  case limit_rule::code_all_day:
    return all;
  case limit_rule::login_account:
  case limit_rule::login_device:
  case limit_rule::login_address:
  case limit_rule::login_network:
  case limit_rule::login_attempts:
  case limit_rule::login_attempts_network:
    return log_in;
  case limit_rule::session_codes:
    return {"Too many wrong codes were entered; try again later.",
            "验证码输入错误次数过多，请稍后再试。"};
  case limit_rule::code_login_attempts:
  case limit_rule::code_login_attempts_network:
    return {"Too many log-ins from your address; try again later.",
            "您所在的网络地址登录过于频繁，请稍后再试。"};
  case limit_rule::signup_address:
  case limit_rule::signup_network:
    return {"Too many sign-ups from your address; try again later.",
            "您所在的网络地址注册过于频繁，请稍后再试。"};
  case limit_rule::saves_at_once:
    return {"Too many of your saves are under way; try again shortly.",
            "您正在进行的保存过多，请稍后再试。"};
  case limit_rule::saves_hour:
  case limit_rule::saves_day:
    return {"You have saved articles too often; try again later.",
            "您保存文章过于频繁，请稍后再试。"};
  case limit_rule::likes_minute:
    return {"You have liked or collected too often; try again shortly.",
            "您点赞或收藏过于频繁，请稍后再试。"};
  case limit_rule::exports_day:
    return {"You have downloaded your data too often; try again later.",
            "您导出数据过于频繁，请稍后再试。"};
  case limit_rule::edits_hour:
    return {"You have changed your profile too often; try again later.",
            "您修改个人资料过于频繁，请稍后再试。"};
  case limit_rule::articles_of_person:
    return {"You have as many articles as you may; delete some first.",
            "您的文章数量已达上限，请先删除部分文章。"};
  case limit_rule::bytes_of_person:
    return {"Your articles are as large together as they may be; shorten or delete some "
            "first.",
            "您的文章内容总量已达上限，请先删减部分文章。"};
  case limit_rule::requests_at_once:
  case limit_rule::connections_at_once:
    return {"Too many requests from your address are under way; try again shortly.",
            "您所在的网络地址正在进行的请求过多，请稍后再试。"};
  case limit_rule::code_cooldown: // The error means nothing else.
  case limit_rule::code_tries:
  case limit_rule::code_guard:
  case limit_rule::none:
    break;
  }
  return none;
}

/// Beyond a limit of who is logged in: whose account it is is no secret there.
sentence sentence_of_limit(const failure& why) {
  if (why.proofs.empty())
    return {{}, {}};
  if (why.rule == limit_rule::session_codes)
    return {"Too many wrong codes were entered; try again later, or use your password "
            "instead.",
            "验证码输入错误次数过多，请稍后再试，或改用密码。"};
  if (std::ranges::find(why.proofs, "code") != why.proofs.end())
    return {"Too many passwords were tried; try again later, or use a code to your phone "
            "instead.",
            "密码尝试次数过多，请稍后再试，或改用手机验证码。"};
  return {"Too many passwords were tried; try again later.",
          "密码尝试次数过多，请稍后再试。"};
}

/// What is asked for depends on what the account has.
sentence sentence_of_proofs(const std::vector<std::string_view>& proofs) {
  constexpr sentence none{{}, {}};
  const auto takes = [&](std::string_view proof) {
    return std::ranges::find(proofs, proof) != proofs.end();
  };
  if (takes("password") && takes("code"))
    return {
        "Please prove again who you are, by your password or by a code to your phone.",
        "请通过密码或手机验证码再次验证身份。"};
  if (takes("password"))
    return {"Please prove again who you are, by your password.",
            "请通过密码再次验证身份。"};
  if (takes("code"))
    return {"Please prove again who you are, by a code to your phone.",
            "请通过手机验证码再次验证身份。"};
  return none;
}

constexpr auto field_rules = std::to_array<field_rule_entry>({
    {field_rule::required, "required", "This field is needed.", "此项必填。"},
    {field_rule::wrong_type, "wrong_type", "This must be {}.", "此项应为{}。"},
    {field_rule::too_short, "too_short",
     "At least {} {character is|characters are} needed.", "至少需要 {} 个字符。"},
    {field_rule::too_long, "too_long",
     "At most {} {character is|characters are} allowed.", "最多允许 {} 个字符。"},
    {field_rule::out_of_range, "out_of_range",
     "This is out of range; the nearest allowed is {}.",
     "数值超出范围，最接近的允许值为 {}。"},
    {field_rule::not_utf8, "not_utf8", "This is no valid UTF-8.",
     "不是有效的 UTF-8 文本。"},
    {field_rule::not_email, "not_email", "This is not an e-mail address.",
     "邮箱格式不正确。"},
    {field_rule::not_phone, "not_phone", "This is not a phone number.",
     "手机号格式不正确。"},
    {field_rule::not_code, "not_code", "A code has {} {digit|digits}.",
     "验证码应为 {} 位数字。"},
    {field_rule::not_date, "not_date", "This is not a day in the form YYYY-MM-DD.",
     "日期格式应为 YYYY-MM-DD。"},
    {field_rule::in_future, "in_future", "This day lies in the future.",
     "日期不能晚于今天。"},
    {field_rule::mismatch, "mismatch", "The two entries differ.", "两次输入不一致。"},
    {field_rule::not_one_of, "not_one_of", "This must be one of {}.",
     "取值应为以下之一：{}。"},
    {field_rule::not_supported, "not_supported", "This is not supported here.",
     "暂不支持该取值。"},
    {field_rule::service_number, "service_number",
     "This is the number of a service; use that of a mobile phone.",
     "这是服务号码，请使用手机号。"},
    {field_rule::fixed_line, "fixed_line",
     "This is a landline number; use that of a mobile phone.",
     "这是固定电话号码，请使用手机号。"},
    {field_rule::nothing_visible, "nothing_visible",
     "At least one visible character is needed.", "至少需要一个可见字符。"},
    {field_rule::too_much_markup, "too_much_markup",
     "With its markup this is too large; at most {} {byte is|bytes are} allowed.",
     "含标记的内容过大，最多允许 {} 字节。"},
    {field_rule::too_many_tags, "too_many_tags",
     "At most {} HTML {tag is|tags are} allowed; each \"<\" counts, as text it is "
     "written &lt;.",
     "最多允许 {} 个 HTML 标签；每个“<”都计入，作为文字请写 &lt;。"},
    {field_rule::too_deep, "too_deep",
     "HTML elements may stand at most {} deep within one another.",
     "HTML 元素最多嵌套 {} 层。"},
    {field_rule::too_tangled, "too_tangled",
     "The HTML is too tangled to be understood; remove some of the formatting.",
     "HTML 过于混乱，无法识别，请去除部分格式。"},
    {field_rule::address_too_long, "address_too_long",
     "The address of a link or picture may have at most {} {byte|bytes}.",
     "链接或图片的地址最多 {} 字节。"},
    {field_rule::alt_too_long, "alt_too_long",
     "The alternative text of a picture may have at most {} {character|characters}.",
     "图片的替代文字最多 {} 个字符。"},
    {field_rule::not_key, "not_key",
     "A key is one line of printable ASCII without blanks, such as a UUID.",
     "键应为不含空格的可打印 ASCII 字符，例如 UUID。"},
    {field_rule::common_words, "common_words",
     "This is guessed soon: it is a common password or a common word. Three or four "
     "words that have nothing to do with one another hold longer.",
     "该密码很容易被猜到：它是常见的密码或单词。请使用三四个互不相关的词。"},
    {field_rule::own_words, "own_words",
     "This is guessed soon: it is made of your e-mail, phone or name, or of the site's "
     "name. Three or four words that have nothing to do with these hold longer.",
     "该密码很容易被猜到：它包含您的邮箱、手机号、昵称或本站名称。请使用三四个与这些无关"
     "的词。"},
    {field_rule::predictable, "predictable",
     "This is guessed soon: repetitions, runs of keys or numbers, and dates are tried "
     "first. Three or four words that have nothing to do with one another hold longer.",
     "该密码很容易被猜到：重复、连续的按键或数字以及日期会最先被尝试。请使用三四个互不相"
     "关的词。"},
    {field_rule::not_time, "not_time", "This is not a time such as 2026-11-30T08:00:00Z.",
     "时间格式应为 2026-11-30T08:00:00Z。"},
    {field_rule::not_next, "not_next", "This is not the \"next\" of a page of this list.",
     "应为本列表上一页给出的 next。"},
    {field_rule::exactly_one, "exactly_one", "Give exactly one of {}.",
     "须且仅须提供其中一项：{}。"},
    {field_rule::hidden_character, "hidden_character",
     "This holds an invisible or control character, such as a line break.",
     "包含不可见字符或控制字符（例如换行符）。"},
});

const field_rule_entry& entry_of(field_rule rule) {
  return field_rules.at(static_cast<std::size_t>(rule));
}

/// A type as it is called in a sentence.
std::string_view type_words(std::string_view type, language lang) {
  struct words {
    std::string_view type;
    std::string_view en;
    std::string_view zh;
  };
  constexpr auto known = std::to_array<words>({
      {"integer", "a whole number", "整数"},
      {"boolean", "true or false", " true 或 false"},
      {"object", "a JSON object", " JSON 对象"},
      {"duration", "a time span such as \"10m\"", "时长（如 \"10m\"）"},
  });
  for (const auto& one : known)
    if (one.type == type)
      return lang == language::zh ? one.zh : one.en;
  return lang == language::zh ? "文本" : "a text";
}

} // namespace

int http_status(errc code) {
  return entry_of(code).status;
}

std::string_view text_of(errc code, language lang) {
  return entry_of(code).text.text(lang);
}

std::string_view text_of(const failure& why, language lang) {
  if (!why.text.empty())
    return why.text;
  const auto own = why.code == errc::rate_limited ? sentence_of_limit(why)
                                                  : sentence_of_proofs(why.proofs);
  if (const auto text = own.text(lang); !text.empty())
    return text;
  const auto text = sentence_of(why.rule).text(lang);
  return text.empty() ? text_of(why.code, lang) : text;
}

failure about_own_password(failure why, language lang) {
  constexpr sentence wrong{"The password is wrong.", "密码不正确。"};
  if (why.code == errc::wrong_credentials)
    why.text = wrong.text(lang);
  return why;
}

std::span<const field_rule_entry> field_rule_table() {
  return field_rules;
}

std::string_view name_of(field_rule rule) {
  return entry_of(rule).name;
}

std::string text_of(const field_error& refused, language lang) {
  const auto& entry = entry_of(refused.rule);
  const auto text = lang == language::zh ? entry.zh : entry.en;
  if (refused.rule == field_rule::wrong_type)
    return fill_in(text, {type_words(refused.allowed, lang)});
  if (!refused.allowed.empty())
    return fill_in(text, {refused.allowed});
  if (refused.rule == field_rule::too_short && refused.limit == 1)
    return lang == language::zh ? "不能为空。" : "This must not be empty.";
  return fill_in(text, {std::to_string(refused.limit)});
}

} // namespace tinybook::http
