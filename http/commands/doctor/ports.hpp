#pragma once

#include "http/commands/doctor/finding.hpp"

#include <cstdint>
#include <string>

namespace tinybook::http::doctor {

/// A port on which the settings want to listen.
struct port_facts {
  std::string key; ///< `http` or `admin`
  std::string address;
  std::uint16_t port = 0;   ///< 0 = any free one.
  std::string no_address{}; ///< Why the address cannot be had; else empty.
  bool held = false;        ///< Somebody listens there …
  bool by_us = false;       ///< … and answers as a tinybook does.
  bool reserved = false;    ///< This user may not listen there.
};

[[nodiscard]] port_facts look_at_port(const std::string& key, const std::string& address,
                                      std::uint16_t port);
[[nodiscard]] findings judge_port(const port_facts& port);

} // namespace tinybook::http::doctor
