#include "tests/support/provider_simulator/signing.hpp"
#include "tests/support/provider_simulator/simulator.hpp"

#include <nlohmann/json.hpp>

#include <stdexcept>

namespace tinybook::test {

namespace {

using nlohmann::json;

std::int64_t unix_ms(std::chrono::system_clock::time_point t) {
  return std::chrono::duration_cast<milliseconds>(t.time_since_epoch()).count();
}

receipt_kind receipt_named(const std::string& name) {
  const provider_script script{"0s ok receipt=" + name};
  return script.at(milliseconds{0}).now->receipt;
}

void answer_json(httplib::Response& response, int status, const json& body) {
  response.status = status;
  response.set_content(body.dump() + "\n", "application/json");
}

} // namespace

void provider_simulator::define_routes() {
  server_.Post("/control", [this](const httplib::Request& q, httplib::Response& r) {
    control(q, r);
  });
  server_.Post("/receipt", [this](const httplib::Request& q, httplib::Response& r) {
    const auto body = json::parse(q.body, nullptr, false);
    try {
      const bool sent = send_receipt(body.at("phone").get<std::string>(),
                                     receipt_named(body.value("kind", "genuine")),
                                     milliseconds{body.value("after_ms", 0)});
      answer_json(r, sent ? 200 : 404, {{"sent", sent}});
    } catch (const std::exception& e) {
      answer_json(r, 400, {{"error", e.what()}});
    }
  });
  server_.Get("/log",
              [this](const httplib::Request&, httplib::Response& r) { show_log(r); });
  server_.Post(".*",
               [this](const httplib::Request& q, httplib::Response& r) { answer(q, r); });
}

void provider_simulator::control(const httplib::Request& request,
                                 httplib::Response& response) {
  const auto body = json::parse(request.body, nullptr, false);
  try {
    if (body.is_object() && body.contains("script"))
      behave(body["script"].get<std::string>());
    else
      behave("0s " + body.at("mode").get<std::string>());
    answer_json(response, 200, {{"done", true}});
  } catch (const std::exception& e) {
    answer_json(response, 400, {{"error", e.what()}});
  }
}

void provider_simulator::show_log(httplib::Response& response) const {
  json out = json::array();
  for (const auto& r : seen())
    out.push_back({{"at_ms", unix_ms(r.at)},
                   {"client_ref", r.sms.client_ref},
                   {"phone", r.sms.phone},
                   {"code", r.sms.code},
                   {"id", r.sms.id},
                   {"did", to_string(r.did)},
                   {"accepted", r.accepted}});
  answer_json(response, 200, out);
}

} // namespace tinybook::test
