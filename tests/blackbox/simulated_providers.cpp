#include "tests/blackbox/simulated_providers.hpp"

#include <algorithm>
#include <fstream>

namespace tinybook::test {

namespace {

std::string keys_of(const provider_simulator& provider) {
  const auto& id = provider.options().keys.key_id;
  switch (provider.options().kind) {
  case dialect_kind::tencent:
    return "kind = \"tencent\"\naccess_key_id = \"" + id
           + "\"\napp_id = \"1400006666\"\nsign_name = \"tinybook\"\n"
             "template_id = \"1110\"\nregion = \"ap-guangzhou\"\n";
  case dialect_kind::aliyun:
    return "kind = \"aliyun\"\naccess_key_id = \"" + id
           + "\"\nsign_name = \"tinybook\"\ntemplate_id = \"SMS_1\"\n";
  case dialect_kind::twilio:
    return "kind = \"twilio\"\naccount_sid = \"" + id + "\"\nfrom = \"+14155550100\"\n";
  case dialect_kind::webhook:
    break;
  }
  return "kind = \"webhook\"\n";
}

} // namespace

std::string provider_table(const provider_simulator& provider, const std::string& name,
                           const std::string& more) {
  return "[[sms.providers]]\nname = \"" + name + "\"\nurl = \"" + provider.url()
         + "\"\nsecret = \"" + provider.options().keys.secret + "\"\n" + keys_of(provider)
         + more + "\n";
}

std::string write_config(const std::filesystem::path& folder, const std::string& text) {
  const auto path = folder / "test.toml";
  std::ofstream{path} << text;
  return path.string();
}

bool accepted_for(const std::vector<request_seen>& seen, const std::string& phone) {
  return !code_for_phone(seen, phone).empty();
}

std::string code_for_phone(const std::vector<request_seen>& seen,
                           const std::string& phone) {
  const auto newest = std::find_if(seen.rbegin(), seen.rend(), [&](const auto& r) {
    return r.accepted && r.sms.phone == phone;
  });
  return newest == seen.rend() ? "" : newest->sms.code;
}

} // namespace tinybook::test
