#include "http/commands/doctor/ports.hpp"

#include "http/server/listener.hpp"

#include <httplib.h>

#include <chrono>
#include <fstream>
#include <unistd.h>

namespace tinybook::http::doctor {

namespace {

constexpr std::chrono::seconds patience_of_a_port{1};

} // namespace

port_facts look_at_port(const std::string& key, const std::string& address,
                        std::uint16_t port) {
  port_facts out{.key = key, .address = address, .port = port};
  // On any port: the one that is meant is left to a server that starts just now.
  if (auto listened = open_listener(address, 0, 1); !listened)
    out.no_address = listened.error().detail;
  if (port == 0 || !out.no_address.empty())
    return out;
  std::uint16_t first_open = 1024;
  std::ifstream{"/proc/sys/net/ipv4/ip_unprivileged_port_start"} >> first_open;
  out.reserved = port < first_open && ::geteuid() != 0;
  const auto host = address == "0.0.0.0" ? "127.0.0.1"
                    : address == "::"    ? "::1"
                                         : address;
  httplib::Client client{host, port};
  client.set_connection_timeout(patience_of_a_port);
  client.set_read_timeout(patience_of_a_port);
  const auto answer = client.Get("/healthz");
  out.held = answer || answer.error() != httplib::Error::Connection;
  out.by_us = answer && answer->body.find(R"("status":"alive")") != std::string::npos;
  return out;
}

findings judge_port(const port_facts& port) {
  const auto what = "ports." + port.key;
  const auto where = port.address + ':' + std::to_string(port.port);
  const auto keys = port.key + ".address and " + port.key + ".port";
  if (!port.no_address.empty())
    return {error(what, port.no_address, "Set " + port.key + ".address.")};
  if (port.port == 0)
    return {fine(what, port.address + ", any free port")};
  if (port.held && port.by_us)
    return {fine(what, where + " is held by a tinybook")};
  if (port.held)
    return {error(what, where + " is held by another program",
                  "Stop that one, or set " + keys + ".")};
  if (port.reserved)
    return {warning(what, where + " is free, but for root alone",
                    "Give the service CAP_NET_BIND_SERVICE, or take a port above 1023.")};
  return {fine(what, where + " is free")};
}

} // namespace tinybook::http::doctor
