#include "config/phone_library.hpp"

#include <phonenumbers/logger.h>
#include <phonenumbers/phonenumber.pb.h>

#include <random>
#include <set>
#include <string>

namespace tinybook::config {

namespace {

using kinds = i18n::phonenumbers::PhoneNumberUtil;

constexpr std::size_t longest_number = 16; // with its plus
constexpr int tries_each_length = 1000;

bool may_be_somebodys(const std::string& e164) {
  i18n::phonenumbers::PhoneNumber number;
  const auto& library = phone_library();
  if (library.Parse(e164, "ZZ", &number) != kinds::NO_PARSING_ERROR
      || !library.IsValidNumber(number) || is_of_a_service(library.GetNumberType(number)))
    return false;
  // Not one that is dialled otherwise: `+11 862…` is read as `+1 862…`.
  std::string spelled;
  library.Format(number, kinds::E164, &spelled);
  return spelled == e164;
}

} // namespace

const kinds& phone_library() {
  namespace library = i18n::phonenumbers;
  static const library::PhoneNumberUtil* const instance = [] {
    const auto* made = library::PhoneNumberUtil::GetInstance();
    static library::NullLogger silence;
    library::Logger::set_logger_impl(&silence);
    return made;
  }();
  return *instance;
}

bool is_of_a_service(kinds::PhoneNumberType type) {
  switch (type) {
  case kinds::TOLL_FREE:
  case kinds::PREMIUM_RATE:
  case kinds::SHARED_COST:
  case kinds::VOICEMAIL:
  case kinds::PAGER:
  case kinds::UAN:
    return true;
  default:
    return false;
  }
}

namespace {

bool begins_an_example(std::string_view prefix) {
  std::set<std::string> regions;
  phone_library().GetSupportedRegions(&regions);
  for (const auto& region : regions)
    for (const auto type : {kinds::MOBILE, kinds::FIXED_LINE}) {
      i18n::phonenumbers::PhoneNumber number;
      std::string e164;
      if (phone_library().GetExampleNumberForType(region, type, &number))
        phone_library().Format(number, kinds::E164, &e164);
      if (e164.starts_with(prefix))
        return true;
    }
  return false;
}

} // namespace

bool some_number_begins_with(std::string_view prefix) {
  if (begins_an_example(prefix))
    return true;
  // The same numbers at each start: what is valid once stays so.
  std::mt19937 digits; // NOLINT(cert-msc32-c,cert-msc51-cpp)
  for (auto length = prefix.size(); length <= longest_number; ++length)
    for (int n = 0; n < tries_each_length; ++n) {
      std::string number{prefix};
      while (number.size() < length)
        number += static_cast<char>('0' + digits() % 10);
      if (may_be_somebodys(number))
        return true;
      if (length == prefix.size())
        break;
    }
  return false;
}

} // namespace tinybook::config
