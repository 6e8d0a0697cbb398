#include "config/text_rules.hpp"

#include "config/conninfo.hpp"
#include "config/ip_address.hpp"
#include "config/parse_number.hpp"
#include "config/phone_library.hpp"
#include "config/url.hpp"
#include "config/value_text.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <set>
#include <string>

namespace tinybook::config::rules {

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}

bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}

bool all_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_digit);
}

bool is_ipv6(std::string_view text) {
  return text.find(':') != std::string_view::npos && is_ip_address(text);
}

/// `host`, `host:port` or `[ipv6]:port`.
bool is_authority(std::string_view text) {
  std::string_view host = text;
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos || !is_ipv6(text.substr(1, end - 1)))
      return false;
    host = {};
    text.remove_prefix(end + 1);
  } else {
    host = text.substr(0, text.find(':'));
    if (!is_host_name(host))
      return false;
    text.remove_prefix(host.size());
  }
  if (text.empty())
    return true;
  const auto port = text.substr(1);
  const auto number = parse_number<std::int64_t>(port);
  return text.front() == ':' && all_digits(port) && number && *number >= 1
         && *number <= 65535;
}

/// The canonical text of an address of `family`; empty if `text` is none. An IPv4 address
/// within an IPv6 one is written with dots by `inet_ntop`, but in hex by the URL
/// standard.
std::string canonical_address(int family, std::string_view text) {
  in6_addr address{};
  std::array<char, INET6_ADDRSTRLEN> buffer{};
  if (inet_pton(family, std::string{text}.c_str(), &address) != 1
      || inet_ntop(family, &address, buffer.data(), buffer.size()) == nullptr)
    return {};
  std::string written{buffer.data()};
  if (family == AF_INET || written.find('.') == std::string::npos)
    return written;
  const auto* last_four = &address.s6_addr[12];
  (void)std::snprintf(buffer.data(), buffer.size(), "%x:%x",
                      last_four[0] * 256U + last_four[1],
                      last_four[2] * 256U + last_four[3]);
  return written.substr(0, written.rfind(':') + 1) + buffer.data();
}

/// Whether a URL's host is written as browsers write it: addresses are canonical, and a
/// host whose last part is a number must be an address (the URL standard's host parser).
bool is_canonical_host(std::string_view host) {
  const bool six = host.starts_with('[');
  if (six)
    host = host.substr(1, host.size() - 2);
  const auto last = host.substr(host.rfind('.') + 1);
  if (!six && !all_digits(last) && !last.starts_with("0x"))
    return true;
  return !host.empty() && host == canonical_address(six ? AF_INET6 : AF_INET, host);
}

} // namespace

bool is_ip_address(std::string_view text) {
  return ip_address::parse_bare(text).has_value();
}

bool is_cidr(std::string_view text) {
  return ip_block::parse(text).has_value();
}

bool is_host_name(std::string_view text) {
  const auto fits = [](char c) {
    // DNS host names have no "_", but names of containers may.
    return is_digit(c) || is_lower(c) || is_upper(c) || c == '.' || c == '-' || c == '_';
  };
  return !text.empty() && text.size() <= 253 && std::ranges::all_of(text, fits)
         && text.front() != '-' && text.front() != '.';
}

bool is_origin(std::string_view text) {
  const auto parts = split_url(text);
  if (!parts || !parts->target.empty())
    return false;
  const auto authority = parts->authority;
  const auto default_port = parts->scheme == "https" ? ":443" : ":80";
  if (!is_authority(authority) || std::ranges::any_of(authority, is_upper)
      || authority.ends_with(default_port))
    return false;
  const auto colon =
      authority.ends_with(']') ? std::string_view::npos : authority.rfind(':');
  return is_canonical_host(authority.substr(0, colon))
         && (colon == std::string_view::npos || authority[colon + 1] != '0');
}

bool is_webhook_secret(std::string_view text) {
  if (text.empty())
    return true;
  constexpr std::string_view prefix = "whsec_";
  if (!text.starts_with(prefix))
    return false;
  text.remove_prefix(prefix.size());
  const auto padding =
      text.size() - std::min(text.find_last_not_of('=') + 1, text.size());
  const auto digits = text.substr(0, text.size() - padding);
  return !digits.empty() && text.size() % 4 == 0 && padding <= 2
         && std::ranges::all_of(digits, [](char c) {
              return is_digit(c) || is_upper(c) || is_lower(c) || c == '+' || c == '/';
            });
}

bool is_plain(std::string_view text) {
  return std::ranges::none_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7F;
  });
}

bool is_url(std::string_view text) {
  const auto parts = split_url(text);
  return text.empty()
         || (parts && is_authority(parts->authority) && !parts->target.starts_with('?')
             && !text.ends_with(hidden_query));
}

bool is_widget_script(std::string_view text) {
  const auto parts = split_url(text);
  return text.empty()
         || (parts && parts->scheme == "https" && is_url(text)
             && is_origin(text.substr(0, text.size() - parts->target.size())));
}

bool is_widget_source(std::string_view text) {
  constexpr std::string_view begin = "https://";
  constexpr std::string_view any_name = "*.";
  if (!text.starts_with(begin))
    return false;
  auto rest = text.substr(begin.size());
  const bool wild = rest.starts_with(any_name);
  if (wild)
    rest.remove_prefix(any_name.size());
  const auto end = std::min(rest.find('/'), rest.size());
  const auto host = rest.substr(0, end);
  // All names of a whole top-level domain would be everybody.
  return is_origin(std::string{begin}.append(host))
         && (!wild || host.find('.') != host.npos)
         && std::ranges::all_of(rest.substr(end), [](char c) {
              return c == '/' || is_optional_shared_name({&c, 1});
            });
}

bool is_utc_offset(std::string_view text) {
  return parse_utc_offset(text).has_value();
}

bool is_region(std::string_view text) {
  return text.size() == 2 && std::ranges::all_of(text, is_upper)
         && phone_library().GetCountryCodeForRegion(std::string{text}) != 0;
}

bool is_number_prefix(std::string_view text) {
  constexpr std::size_t most_digits = 15;
  if (text.size() < 2 || text.size() > most_digits || text[0] != '+'
      || !all_digits(text.substr(1)))
    return false;
  std::set<int> countries;
  phone_library().GetSupportedCallingCodes(&countries);
  return std::ranges::any_of(countries, [digits = text.substr(1)](int country) {
    return digits.starts_with(std::to_string(country));
  });
}

bool is_test_number(std::string_view text) {
  const auto equals = text.find('=');
  if (equals == std::string_view::npos || !text.starts_with('+'))
    return false;
  const auto phone = text.substr(1, equals - 1);
  const auto code = text.substr(equals + 1);
  return all_digits(phone) && phone.size() >= 7 && phone.size() <= 15 && all_digits(code)
         && code.size() == 6;
}

bool is_provider_name(std::string_view text) {
  const auto fits = [](char c) {
    return is_digit(c) || is_lower(c) || c == '-' || c == '_';
  };
  return !text.empty() && text.size() <= 32 && std::ranges::all_of(text, fits);
}

bool is_ssl_mode(std::string_view text) {
  return text.empty() || text == "disable" || text == "prefer" || text == "require"
         || text == "verify-ca" || text == "verify-full";
}

bool is_token_hash(std::string_view text) {
  // Whoever shows an empty token would be let in.
  constexpr std::string_view hash_of_nothing =
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
  constexpr std::string_view kind = "sha256:";
  const auto fits = [](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f');
  };
  return text.starts_with(kind) && text.size() == kind.size() + 64
         && std::ranges::all_of(text.substr(kind.size()), fits)
         && text.substr(kind.size()) != hash_of_nothing;
}

bool has_query(std::string_view text) {
  return text.find('?') != std::string_view::npos;
}

bool has_password(std::string_view text) {
  const std::string given{text};
  const auto all = read_conninfo(given);
  // What cannot be read may hold one all the same.
  if (!all)
    return text.find_first_of("@=") != std::string_view::npos;
  const auto has = [&](const char* key) {
    const auto found = all->find(key);
    return found != all->end() && !found->second.empty();
  };
  return has("password") || has("sslpassword") || splits_password(given, *all);
}

bool is_optional_shared_name(std::string_view text) {
  const auto fits = [](char c) {
    return is_digit(c) || is_lower(c) || is_upper(c) || c == '.' || c == '_' || c == '-';
  };
  return text.size() <= 100 && std::ranges::all_of(text, fits);
}

bool is_shared_name(std::string_view text) {
  return !text.empty() && is_optional_shared_name(text);
}

bool is_host_port(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0)
    return false;
  const auto port = text.substr(colon + 1);
  return all_digits(port) && !port.empty() && port.size() <= 5
         && is_plain(text.substr(0, colon))
         && text.find_first_of(" ,/@") == std::string_view::npos;
}

bool is_server_host(std::string_view text) {
  return is_host_name(text) || is_ip_address(text);
}

bool has_user(std::string_view text) {
  return text.find('@') != std::string_view::npos;
}

bool is_postgres_url(std::string_view text) {
  const std::string given{text};
  const auto all = read_conninfo(given);
  return is_plain(text) && all && !splits_password(given, *all);
}

bool is_variable_name(std::string_view text) {
  const auto fits = [](char c) {
    return is_digit(c) || is_lower(c) || is_upper(c) || c == '_';
  };
  return std::ranges::all_of(text, fits) && (text.empty() || !is_digit(text.front()));
}

} // namespace tinybook::config::rules
