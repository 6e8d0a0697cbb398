#include "storage/errc.hpp"

namespace tinybook {

std::string_view name_of(limit_rule rule) {
  // No default, so that a rule without a name does not compile.
  switch (rule) {
  case limit_rule::code_phone_hour:
    return "codes.sends_per_phone_hour";
  case limit_rule::code_phone_day:
    return "codes.sends_per_phone_day";
  case limit_rule::code_phone_network_hour:
  case limit_rule::code_phone_network_day:
    return "codes.elsewhere_share";
  case limit_rule::code_owner_hour:
    return "codes.sends_per_owner_hour";
  case limit_rule::code_owner_day:
    return "codes.sends_per_owner_day";
  case limit_rule::code_address_hour:
    return "codes.sends_per_address_hour";
  case limit_rule::code_address_day:
    return "codes.sends_per_address_day";
  case limit_rule::code_network_hour:
    return "codes.sends_per_network_hour";
  case limit_rule::code_network_day:
    return "codes.sends_per_network_day";
  case limit_rule::code_region_hour:
    return "codes.sends_per_prefix_hour";
  case limit_rule::code_all_hour:
    return "codes.sends_per_hour";
  case limit_rule::code_all_day:
    return "codes.sends_per_day";
  case limit_rule::code_cooldown:
    return "codes.resend_interval";
  case limit_rule::code_tries:
    return "codes.tries";
  case limit_rule::code_guard:
    return "codes.guard.floor";
  case limit_rule::login_account:
    return "login.failures_per_account";
  case limit_rule::login_device:
  case limit_rule::session_codes:
    return "login.failures_per_device";
  case limit_rule::login_address:
    return "login.failures_per_address";
  case limit_rule::login_network:
    return "login.failures_per_network";
  case limit_rule::login_attempts:
  case limit_rule::code_login_attempts:
    return "login.attempts_per_address";
  case limit_rule::login_attempts_network:
  case limit_rule::code_login_attempts_network:
    return "login.attempts_per_network";
  case limit_rule::signup_address:
    return "login.signups_per_address";
  case limit_rule::signup_network:
    return "login.signups_per_network";
  case limit_rule::saves_at_once:
    return "articles.saves_at_once";
  case limit_rule::saves_hour:
    return "articles.saves_per_hour";
  case limit_rule::saves_day:
    return "articles.saves_per_day";
  case limit_rule::likes_minute:
    return "articles.likes_per_minute";
  case limit_rule::exports_day:
    return "accounts.exports_per_day";
  case limit_rule::edits_hour:
    return "accounts.edits_per_hour";
  case limit_rule::articles_of_person:
    return "articles.max_per_person";
  case limit_rule::bytes_of_person:
    return "articles.max_bytes_per_person";
  case limit_rule::requests_at_once:
    return "http.max_in_flight_per_address";
  case limit_rule::connections_at_once:
    return "http.max_connections_per_address";
  case limit_rule::none:
    break;
  }
  return {};
}

errc_entry describe(errc code) {
  // No default, so that a code without an entry does not compile.
  switch (code) {
  case errc::bad_request:
    return {"bad_request", 1000};
  case errc::malformed_json:
    return {"malformed_json", 1001};
  case errc::invalid_field:
    return {"invalid_field", 1002};
  case errc::unsupported_media:
    return {"unsupported_media", 1003};
  case errc::no_sms_route:
    return {"no_sms_route", 1004};
  case errc::login_required:
    return {"login_required", 2000};
  case errc::token_invalid:
    return {"token_invalid", 2001};
  case errc::token_expired:
    return {"token_expired", 2002};
  case errc::token_revoked:
    return {"token_revoked", 2003};
  case errc::token_reused:
    return {"token_reused", 2004};
  case errc::wrong_credentials:
    return {"wrong_credentials", 2005};
  case errc::wrong_code:
    return {"wrong_code", 2006};
  case errc::admin_token_needed:
    return {"admin_token_needed", 2007};
  case errc::admin_level_needed:
    return {"admin_level_needed", 3003};
  case errc::not_author:
    return {"not_author", 3000};
  case errc::origin_refused:
    return {"origin_refused", 3001};
  case errc::step_up_required:
    return {"step_up_required", 3004};
  case errc::account_banned:
    return {"account_banned", 3005};
  case errc::article_taken_down:
    return {"article_taken_down", 3006};
  case errc::form_expired:
    return {"form_expired", 3002};
  case errc::verdict_denied:
    return {"verdict_denied", 3007};
  case errc::no_such_path:
    return {"no_such_path", 4000};
  case errc::article_not_found:
    return {"article_not_found", 4001};
  case errc::user_not_found:
    return {"user_not_found", 4002};
  case errc::actor_not_found:
    return {"actor_not_found", 4003};
  case errc::provider_not_found:
    return {"provider_not_found", 4004};
  case errc::message_not_found:
    return {"message_not_found", 4005};
  case errc::session_not_found:
    return {"session_not_found", 4006};
  case errc::method_not_allowed:
    return {"method_not_allowed", 4050};
  case errc::request_timeout:
    return {"request_timeout", 4080};
  case errc::email_taken:
    return {"email_taken", 4090};
  case errc::phone_taken:
    return {"phone_taken", 4091};
  case errc::sms_pending:
    return {"sms_pending", 4092};
  case errc::wrong_state:
    return {"wrong_state", 4093};
  case errc::message_expired:
    return {"message_expired", 4094};
  case errc::no_phone:
    return {"no_phone", 4095};
  case errc::body_too_large:
    return {"body_too_large", 4130};
  case errc::uri_too_long:
    return {"uri_too_long", 4140};
  case errc::head_too_large:
    return {"head_too_large", 4310};
  case errc::report_not_understood:
    return {"report_not_understood", 4220};
  case errc::key_reused:
    return {"key_reused", 4221};
  case errc::rate_limited:
    return {"rate_limited", 4290};
  case errc::send_cooldown:
    return {"send_cooldown", 4291};
  case errc::too_many_tries:
    return {"too_many_tries", 4292};
  case errc::send_held:
    return {"send_held", 4293};
  case errc::quota_reached:
    return {"quota_reached", 4294};
  case errc::overloaded:
    return {"overloaded", 5030};
  case errc::draining:
    return {"draining", 5031};
  case errc::starting:
    return {"starting", 5032};
  case errc::unavailable:
    return {"unavailable", 5033};
  case errc::storage_full:
    return {"storage_full", 5034};
  case errc::codes_full:
    return {"codes_full", 5035};
  case errc::database_busy:
    return {"database_busy", 5036};
  case errc::deadline_exceeded:
    return {"deadline_exceeded", 5040};
  case errc::none:
  case errc::internal:
    break;
  }
  return {"internal", 5000};
}

} // namespace tinybook
