#include "actors/sms/delivery_progress.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <utility>

namespace tinybook {

namespace {

using nlohmann::json;

std::int64_t rounded_up_ms(wall_time time) {
  return to_unix_ms(std::chrono::ceil<std::chrono::milliseconds>(time));
}

delivery_progress read(const json& object) {
  delivery_progress progress;
  progress.round = object.at("round").get<int>();
  progress.tried = object.at("tried").get<std::vector<std::string>>();
  if (object.contains("tried_before"))
    progress.tried_before = object.at("tried_before").get<std::vector<std::string>>();
  if (object.contains("not_here"))
    progress.not_here = object.at("not_here").get<std::vector<std::string>>();
  progress.total_tries = object.at("total_tries").get<int>();
  for (const auto& held : object.at("holds"))
    progress.holds.push_back({held.at("provider").get<std::string>(),
                              from_unix_ms(held.at("until").get<std::int64_t>()),
                              from_unix_ms(held.value("since", std::int64_t{0}))});
  if (object.contains("next_round_at"))
    progress.next_round_at = from_unix_ms(object.at("next_round_at").get<std::int64_t>());
  progress.awaits_receipt = object.at("awaits_receipt").get<bool>();
  return progress;
}

} // namespace

std::string encode_progress(const delivery_progress& progress) {
  if (progress == delivery_progress{})
    return {};
  json holds = json::array();
  for (const auto& held : progress.holds) {
    holds.push_back({{"provider", held.provider}, {"until", rounded_up_ms(held.until)}});
    if (held.may_be_lifted())
      holds.back()["since"] = to_unix_ms(held.since);
  }
  json object{{"round", progress.round},
              {"tried", progress.tried},
              {"total_tries", progress.total_tries},
              {"holds", std::move(holds)},
              {"awaits_receipt", progress.awaits_receipt}};
  if (!progress.tried_before.empty())
    object["tried_before"] = progress.tried_before;
  if (!progress.not_here.empty())
    object["not_here"] = progress.not_here;
  if (progress.next_round_at)
    object["next_round_at"] = rounded_up_ms(*progress.next_round_at);
  return object.dump(-1, ' ', false, json::error_handler_t::replace);
}

delivery_progress decode_progress(std::string_view text) {
  try {
    auto object = json::parse(text, nullptr, false);
    return object.is_object() ? read(object) : delivery_progress{};
  } catch (const json::exception&) {
    return {};
  }
}

} // namespace tinybook
