#include "config/key_builders.hpp"
#include "config/key_table.hpp"
#include "config/text_rules.hpp"

namespace tinybook::config {

namespace {

using namespace std::chrono_literals;

constexpr std::chrono::hours day{24};

constexpr auto in_passwords = &settings::passwords;

constexpr auto password_table = std::to_array<key>({
    integer({"passwords.min_length", at<in_passwords, &password_settings::min_length>,
             "8", live, "Shortest password."},
            1, 128, "code points"),
    integer({"passwords.max_length", at<in_passwords, &password_settings::max_length>,
             "128", live, "Longest password."},
            8, 1024, "code points"),
    integer({"passwords.min_score", at<in_passwords, &password_settings::min_score>, "2",
             live,
             "How hard to guess a new password must be: over 10^3, 10^6, 10^8, 10^10 "
             "tries; 0 = off."},
            0, 4, "zxcvbn's score"),
    integer({"passwords.argon2_passes",
             at<in_passwords, &password_settings::argon2_passes>, "2", restart,
             "Argon2id's passes over its memory, for new hashes."},
            1, 20, "passes"),
    bytes({"passwords.argon2_memory",
           at<in_passwords, &password_settings::argon2_memory_bytes>, "\"64MiB\"",
           restart, "Argon2id's memory for each thread, for new hashes."},
          1 * mib, 1024 * mib),
    integer({"passwords.queue", at<in_passwords, &password_settings::queue>, "64", live,
             "Hashes that may wait; beyond: 503."},
            1, 4096, "hashes"),
    integer({"passwords.threads", at<in_passwords, &password_settings::threads>, "0",
             restart, "Hashes at once; 0 takes one for each core."},
            0, 256, "threads"),
});

constexpr auto in_sessions = &settings::sessions;

constexpr auto session_table = std::to_array<key>({
    text({"sessions.issuer", at<in_sessions, &session_settings::issuer>, "\"tinybook\"",
          restart, "The issuer that tokens name; tokens of another issuer are refused."},
         1, 100, rules::plain),
    duration({"sessions.access_lifetime",
              at<in_sessions, &session_settings::access_lifetime>, "\"15m\"", live,
              "How long an access token is good."},
             1s, day),
    duration({"sessions.refresh_lifetime",
              at<in_sessions, &session_settings::refresh_lifetime>, "\"30d\"", live,
              "How long a refresh token is good."},
             1s, 365 * day),
    duration(
        {"sessions.absolute_lifetime",
         at<in_sessions, &session_settings::absolute_lifetime>, "\"180d\"", live,
         "How long a session lasts, however often its tokens are renewed; 0s = off."},
        0s, 3650 * day),
    integer({"sessions.max_per_person",
             at<in_sessions, &session_settings::max_per_person>, "50", live,
             "Sessions that a person may have; beyond, the one that was used longest ago "
             "ends."},
            1, 1000, "sessions"),
    duration({"sessions.device_lifetime",
              at<in_sessions, &session_settings::device_lifetime>, "\"180d\"", live,
              "How long a browser that logged in counts as known."},
             1s, 730 * day),
    duration(
        {"sessions.refresh_grace", at<in_sessions, &session_settings::refresh_grace>,
         "\"10s\"", live,
         "How long a used refresh token still gives the same successor once a token of "
         "that was shown."},
        0s, 5min),
    word({"sessions.revocations", at<in_sessions, &session_settings::revocations>,
          "\"local\"", restart,
          "How log-outs spread; \"redis\" is for several replicas."},
         words::backend),
    duration({"sessions.revocation_poll",
              at<in_sessions, &session_settings::revocation_poll>, "\"250ms\"", live,
              "How often log-outs of other replicas are read."},
             50ms, 1s),
});

constexpr auto in_login = &settings::login;

constexpr auto login_table = std::to_array<key>({
    integer({"login.failures_per_account",
             at<in_login, &login_settings::failures_per_account>, "10", live,
             "Failed log-ins to one account from unknown browsers; 0 = off."},
            0, many, "a window"),
    integer({"login.failures_per_device",
             at<in_login, &login_settings::failures_per_device>, "10", live,
             "Failed log-ins to one account from a browser known to it; 0 = off."},
            0, many, "a window"),
    integer({"login.failures_per_address",
             at<in_login, &login_settings::failures_per_address>, "50", live,
             "Failed log-ins from one client address; 0 = off."},
            0, many, "a window"),
    integer({"login.attempts_per_address",
             at<in_login, &login_settings::attempts_per_address>, "600", live,
             "Log-ins from one client address, failed or not, by password and by code "
             "each; 0 = off."},
            0, many, "a window"),
    duration({"login.window", at<in_login, &login_settings::window>, "\"15m\"", live,
              "The sliding window in which failures and attempts count."},
             1s, day),
    integer({"login.signups_per_address",
             at<in_login, &login_settings::signups_per_address>, "20", live,
             "Sign-ups from one client address; 0 = off."},
            0, many, "a window"),
    duration({"login.signup_window", at<in_login, &login_settings::signup_window>,
              "\"1h\"", live, "The sliding window in which sign-ups count."},
             1s, day),
});

constexpr auto in_accounts = &settings::accounts;

constexpr auto account_table = std::to_array<key>({
    duration(
        {"accounts.step_up", at<in_accounts, &account_settings::step_up>, "\"10m\"", live,
         "How old the proof of who asks (a log-in, the password, a code) may be where "
         "an account is opened to others or ends."},
        1s, day),
    duration({"accounts.delete_grace", at<in_accounts, &account_settings::delete_grace>,
              "\"7d\"", live, "How long a log-in takes the deletion of an account back."},
             0s, 365 * day),
    integer({"accounts.exports_per_day",
             at<in_accounts, &account_settings::exports_per_day>, "10", live,
             "Exports of one person's own data; 0 = off."},
            0, many, "a day"),
    integer({"accounts.edits_per_hour",
             at<in_accounts, &account_settings::edits_per_hour>, "60", live,
             "Changes of one person's profile; 0 = off."},
            0, many, "an hour"),
});

constexpr auto in_audit = &settings::audit;

constexpr auto audit_table = std::to_array<key>({
    duration({"audit.retention", at<in_audit, &audit_settings::retention>, "\"365d\"",
              live, "How long the trail is kept."},
             1h, 3650 * day),
    text({"audit.log", at<in_audit, &audit_settings::log>, "\"\"", restart,
          "A file that gets each entry of the trail as a line of JSON, too, or "
          "\"stderr\"; empty = none."},
         0, 4096, rules::plain),
    integer({"audit.failures_per_account",
             at<in_audit, &audit_settings::failures_per_account>, "10", live,
             "Wrong passwords and codes of a kind that are written each minute for one "
             "account or, where nobody has the e-mail or phone, one network. An entry of "
             "the same account or network tells how many more there were."},
            1, 10'000, "entries"),
    integer({"audit.failures_per_minute",
             at<in_audit, &audit_settings::failures_per_minute>, "600", live,
             "The same for all accounts together, and for all networks; half of it is "
             "kept for the first of each."},
            1, 100'000, "entries"),
});

constexpr auto in_limits = &settings::limits;

constexpr auto limit_table = std::to_array<key>({
    word({"limits.backend", at<in_limits, &limit_settings::backend>, "\"local\"", restart,
          "Where windows are kept; \"redis\" is for several replicas."},
         words::backend),
    integer({"limits.capacity", at<in_limits, &limit_settings::capacity>, "100000",
             restart,
             "Windows that the local back end holds, so that memory stays bounded; "
             "beyond it those are forgotten that are furthest from their limit."},
            1000, 10'000'000, "windows"),
    integer({"limits.times_in_24", at<in_limits, &limit_settings::times_in_24>, "10",
             live,
             "How many times what one address may all addresses of an IPv4 /24 may "
             "together; 0 = off."},
            0, 1000, "addresses"),
    integer({"limits.times_in_56", at<in_limits, &limit_settings::times_in_56>, "4", live,
             "How many times what a /64 may a whole IPv6 /56 may; 0 = off."},
            0, 1000, "addresses"),
    integer({"limits.times_in_48", at<in_limits, &limit_settings::times_in_48>, "10",
             live, "How many times what a /64 may a whole IPv6 /48 may; 0 = off."},
            0, 1000, "addresses"),
});

} // namespace

std::span<const key> password_keys() {
  return password_table;
}

std::span<const key> session_keys() {
  return session_table;
}

std::span<const key> login_keys() {
  return login_table;
}

std::span<const key> account_keys() {
  return account_table;
}

std::span<const key> audit_keys() {
  return audit_table;
}

std::span<const key> limit_keys() {
  return limit_table;
}

} // namespace tinybook::config
