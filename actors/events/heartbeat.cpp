#include "actors/events/heartbeat.hpp"

#include <nlohmann/json.hpp>

namespace tinybook {

std::string encode_heartbeat(wall_time complete_until) {
  return nlohmann::json{{"biz", "heartbeat"},
                        {"complete_until", format_rfc3339(complete_until)}}
      .dump();
}

std::optional<wall_time> decode_heartbeat(std::string_view json) {
  auto parsed = nlohmann::json::parse(json, nullptr, false);
  if (!parsed.is_object() || parsed.value("biz", nlohmann::json{}) != "heartbeat")
    return std::nullopt;
  auto until = parsed.find("complete_until");
  if (until == parsed.end() || !until->is_string())
    return std::nullopt;
  return parse_rfc3339(until->get_ref<const std::string&>());
}

} // namespace tinybook
