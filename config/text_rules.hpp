#pragma once

#include "config/key.hpp"

/// What texts of the configuration must look like.
namespace tinybook::config::rules {

[[nodiscard]] bool is_ip_address(std::string_view text);
[[nodiscard]] bool is_cidr(std::string_view text); ///< Or one address.
[[nodiscard]] bool is_host_name(std::string_view text);
[[nodiscard]] bool is_origin(std::string_view text);
[[nodiscard]] bool is_url(std::string_view text);           ///< Or empty.
[[nodiscard]] bool is_widget_script(std::string_view text); ///< Or empty.
[[nodiscard]] bool is_widget_source(std::string_view text);
[[nodiscard]] bool is_utc_offset(std::string_view text);
[[nodiscard]] bool is_region(std::string_view text);
[[nodiscard]] bool is_number_prefix(std::string_view text);
[[nodiscard]] bool is_test_number(std::string_view text);
[[nodiscard]] bool is_provider_name(std::string_view text);
[[nodiscard]] bool is_variable_name(std::string_view text); ///< Or empty.
[[nodiscard]] bool is_host_port(std::string_view text);
[[nodiscard]] bool is_server_host(std::string_view text);
[[nodiscard]] bool is_shared_name(std::string_view text);
[[nodiscard]] bool is_optional_shared_name(std::string_view text);
[[nodiscard]] bool is_ssl_mode(std::string_view text); ///< Of libpq, or empty.
[[nodiscard]] bool is_token_hash(std::string_view text);
[[nodiscard]] bool is_webhook_secret(std::string_view text); ///< Or empty.
[[nodiscard]] bool is_plain(std::string_view text);
[[nodiscard]] bool has_query(std::string_view text);
/// As a URL may, from which a host was to be taken.
[[nodiscard]] bool has_user(std::string_view text);
/// What libpq connects to.
[[nodiscard]] bool is_postgres_url(std::string_view text);
/// Of a server's URL, or of what libpq takes in its place.
[[nodiscard]] bool has_password(std::string_view text);

inline constexpr text_rule ip_address{
    "an IPv4 or IPv6 address such as \"127.0.0.1\" or \"::1\"", is_ip_address};
inline constexpr text_rule cidr{"networks such as \"10.0.0.0/8\" or \"fd00::/8\"",
                                is_cidr};
inline constexpr text_rule host_name{"host names such as \"admin.example.org\"",
                                     is_host_name};
inline constexpr text_rule origin{
    "origins as browsers send them, such as "
    "\"https://example.org:8443\": in lower case, without a "
    "path or the default port",
    is_origin};
/// What `--print-config` shows in place of a query, which may hold a secret; no URL ends
/// so.
inline constexpr std::string_view hidden_query = "?***";
inline constexpr text_rule url{"an http or https URL without user and password, such as "
                               "\"https://example.org/hook\"",
                               is_url, has_query};
/// Its origin becomes part of a content policy.
inline constexpr text_rule widget_script{
    "an https URL whose host is in lower case, such as \"https://example.org/api.js\"",
    is_widget_script};
/// It becomes part of a content policy.
inline constexpr text_rule widget_source{
    "https origins such as \"https://example.org\" or \"https://*.example.org\", which "
    "may have a path of a-z, A-Z, 0-9, \"/\", \".\", \"_\" and \"-\"",
    is_widget_source};
inline constexpr text_rule utc_offset{
    "an offset from \"-14:00\" to \"+14:00\" such as \"+08:00\"", is_utc_offset};
inline constexpr text_rule region{"a country of two capital letters such as \"CN\"",
                                  is_region};
/// Begins with a country calling code.
inline constexpr text_rule number_prefix{
    "beginnings of phone numbers such as \"+86\" or \"+1876\"", is_number_prefix};
inline constexpr text_rule test_number{
    "phone and 6-digit code such as \"+8613800000001=123456\"", is_test_number};
/// It becomes part of paths, metrics and lines of the log.
inline constexpr text_rule provider_name{"a name of 1 to 32 of a-z, 0-9, \"-\" and \"_\"",
                                         is_provider_name};
inline constexpr text_rule variable_name{"the name of an environment variable",
                                         is_variable_name};
inline constexpr text_rule host_port{"host and port such as \"127.0.0.1:9092\"",
                                     is_host_port, has_user};
inline constexpr text_rule server_host{
    "a host name or an IP address alone: its port, user and password have keys of their "
    "own",
    is_server_host, has_user};
/// It becomes part of names in shared back ends.
inline constexpr text_rule shared_name{
    "a name of 1 to 100 of a-z, A-Z, 0-9, \".\", \"_\" and \"-\"", is_shared_name};
inline constexpr text_rule optional_shared_name{
    "a name of at most 100 of a-z, A-Z, 0-9, \".\", \"_\" and \"-\"",
    is_optional_shared_name};
inline constexpr text_rule ssl_mode{
    "\"disable\", \"prefer\", \"require\", \"verify-ca\" or \"verify-full\"",
    is_ssl_mode};
inline constexpr text_rule token_hash{
    "\"sha256:\" and 64 hexadecimal digits, as --new-admin-token prints it, "
    "not those of an empty token",
    is_token_hash};
/// As Standard Webhooks writes keys.
inline constexpr text_rule webhook_secret{"\"whsec_\" and base64", is_webhook_secret};
inline constexpr text_rule plain{"a text without control characters", is_plain};
/// No password of it is told, not even of one that is refused.
inline constexpr text_rule postgres_url{
    "what libpq takes, such as \"postgresql://tinybook@127.0.0.1:5432/tinybook\"; @ : / "
    "? # % of a password are written as %40 %3A %2F %3F %23 %25",
    is_postgres_url, has_password};

} // namespace tinybook::config::rules
