#include "storage/errc.hpp"

namespace tinybook {

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
  case errc::form_expired:
    return {"form_expired", 3002};
  case errc::verdict_denied:
    return {"verdict_denied", 3004};
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
  case errc::quota_reached:
    return {"quota_reached", 4095};
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
