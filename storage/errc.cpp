#include "storage/errc.hpp"

#include <array>

namespace tinybook {

namespace {

constexpr auto table = std::to_array<errc_entry>({
    {errc::bad_request, "bad_request", 1000, 400, "The request could not be understood.",
     "无法理解该请求。"},
    {errc::malformed_json, "malformed_json", 1001, 400, "The body is not valid JSON.",
     "请求体不是有效的 JSON。"},
    {errc::invalid_field, "invalid_field", 1002, 400, "A field is not acceptable.",
     "有字段不符合要求。"},
    {errc::unsupported_media, "unsupported_media", 1003, 415,
     "The body must be sent as application/json.", "请求体必须为 application/json。"},
    {errc::no_sms_route, "no_sms_route", 1004, 400,
     "We cannot send messages to this number.", "暂不支持向该号码发送短信。"},
    {errc::login_required, "login_required", 2000, 401, "Please log in first.",
     "请先登录。"},
    {errc::token_invalid, "token_invalid", 2001, 401, "The token is not valid.",
     "令牌无效。"},
    {errc::token_expired, "token_expired", 2002, 401, "The token has expired.",
     "令牌已过期。"},
    {errc::token_revoked, "token_revoked", 2003, 401, "This session has been logged out.",
     "该会话已退出登录。"},
    {errc::token_reused, "token_reused", 2004, 401,
     "This refresh token was used before; the session is closed for safety.",
     "该刷新令牌已被使用，为安全起见会话已关闭。"},
    {errc::wrong_credentials, "wrong_credentials", 2005, 401,
     "The e-mail or the password is wrong.", "邮箱或密码不正确。"},
    {errc::wrong_code, "wrong_code", 2006, 401, "The code is wrong or no longer valid.",
     "验证码错误或已失效。"},
    {errc::admin_token_needed, "admin_token_needed", 2007, 401,
     "This needs the admin token, which stands in admin.token in the data folder.",
     "需要管理令牌，令牌位于数据目录的 admin.token 文件中。"},
    {errc::not_author, "not_author", 3000, 403, "Only the author may do this.",
     "只有作者可以执行此操作。"},
    {errc::origin_refused, "origin_refused", 3001, 403,
     "Requests from this origin or host are not accepted.", "不接受来自该来源的请求。"},
    {errc::no_such_path, "no_such_path", 4000, 404, "There is nothing at this path.",
     "该路径不存在。"},
    {errc::article_not_found, "article_not_found", 4001, 404,
     "There is no such article, or it is not published.", "文章不存在或未发表。"},
    {errc::user_not_found, "user_not_found", 4002, 404, "There is no such user.",
     "用户不存在。"},
    {errc::actor_not_found, "actor_not_found", 4003, 404, "There is no such actor.",
     "没有该 actor。"},
    {errc::provider_not_found, "provider_not_found", 4004, 404,
     "There is no such SMS provider.", "没有该短信服务商。"},
    {errc::message_not_found, "message_not_found", 4005, 404, "There is no such message.",
     "没有该短信。"},
    {errc::method_not_allowed, "method_not_allowed", 4050, 405,
     "This path does not take this method.", "该路径不支持此方法。"},
    {errc::request_timeout, "request_timeout", 4080, 408,
     "The request did not arrive in time.", "请求未能及时到达。"},
    {errc::email_taken, "email_taken", 4090, 409, "This e-mail is already registered.",
     "该邮箱已被注册。"},
    {errc::phone_taken, "phone_taken", 4091, 409,
     "This phone belongs to another account.", "该手机号已绑定其他账号。"},
    {errc::sms_pending, "sms_pending", 4092, 409,
     "A code for this phone is already on its way.", "该手机号的验证码正在发送中。"},
    {errc::wrong_state, "wrong_state", 4093, 409,
     "This is not possible in the present state.", "当前状态下无法执行此操作。"},
    {errc::message_expired, "message_expired", 4094, 409,
     "The code of this message has expired.", "该短信的验证码已过期。"},
    {errc::body_too_large, "body_too_large", 4130, 413, "The body is too large.",
     "请求体过大。"},
    {errc::uri_too_long, "uri_too_long", 4140, 414, "The address is too long.",
     "请求地址过长。"},
    {errc::head_too_large, "head_too_large", 4310, 431, "The request head is too large.",
     "请求头过大。"},
    {errc::report_not_understood, "report_not_understood", 4220, 422,
     "A delivery report lacks a field, or has one that is not known.",
     "送达回执缺少字段或包含未知的值。"},
    {errc::key_reused, "key_reused", 4221, 422,
     "This Idempotency-Key was used for another request.",
     "该 Idempotency-Key 已用于其他请求。"},
    {errc::rate_limited, "rate_limited", 4290, 429, "Too many requests; try again later.",
     "请求过于频繁，请稍后再试。"},
    {errc::send_cooldown, "send_cooldown", 4291, 429,
     "A code was sent just now; wait before asking for another.",
     "验证码刚刚发送，请稍后再试。"},
    {errc::too_many_tries, "too_many_tries", 4292, 429, "Too many wrong tries.",
     "错误次数过多。"},
    {errc::send_held, "send_held", 4293, 429,
     "Codes to this destination are held back for now.", "暂停向该地区发送验证码。"},
    {errc::internal, "internal", 5000, 500, "Something went wrong on our side.",
     "系统内部错误。"},
    {errc::overloaded, "overloaded", 5030, 503, "The server is busy; try again shortly.",
     "服务器繁忙，请稍后再试。"},
    {errc::draining, "draining", 5031, 503, "The server is shutting down; try again.",
     "服务器正在停止，请重试。"},
    {errc::starting, "starting", 5032, 503, "The server is starting; try again shortly.",
     "服务器正在启动，请稍后再试。"},
    {errc::unavailable, "unavailable", 5033, 503,
     "A part of the service is not available right now.", "部分服务暂时不可用。"},
    {errc::storage_full, "storage_full", 5034, 503,
     "The server cannot store anything right now.", "服务器暂时无法保存数据。"},
    {errc::codes_full, "codes_full", 5035, 503,
     "Too many codes are in use right now; try again later.",
     "验证码数量已满，请稍后再试。"},
    {errc::database_busy, "database_busy", 5036, 503,
     "The server is busy; try again shortly.", "服务器繁忙，请稍后再试。"},
    {errc::deadline_exceeded, "deadline_exceeded", 5040, 504, "The answer took too long.",
     "处理超时。"},
});

} // namespace

std::span<const errc_entry> errc_table() {
  return table;
}

const errc_entry& describe(errc code) {
  // The table stands in the order of the enum (a test holds it): look up by position.
  auto index = static_cast<std::size_t>(code);
  if (code == errc::none || index > table.size())
    index = static_cast<std::size_t>(errc::internal);
  return table[index - 1];
}

} // namespace tinybook
