#include "config/phone_library.hpp"

#include <phonenumbers/logger.h>
#include <phonenumbers/phonenumber.pb.h>

#include <random>
#include <set>
#include <string>

namespace tinybook::config {

namespace {

using phone_util = i18n::phonenumbers::PhoneNumberUtil;

constexpr std::size_t longest_number = 16; // with its plus
constexpr int tries_each_length = 1000;

bool may_be_personal(const std::string& e164) {
  i18n::phonenumbers::PhoneNumber number;
  const auto& library = phone_library();
  if (library.Parse(e164, "ZZ", &number) != phone_util::NO_PARSING_ERROR
      || !library.IsValidNumber(number) || is_service_type(library.GetNumberType(number)))
    return false;
  // The library may drop digits: it reads `+11 862…` as `+1 862…`.
  std::string spelled;
  library.Format(number, phone_util::E164, &spelled);
  return spelled == e164;
}

} // namespace

const phone_util& phone_library() {
  namespace library = i18n::phonenumbers;
  static const library::PhoneNumberUtil* const instance = [] {
    const auto* made = library::PhoneNumberUtil::GetInstance();
    static library::NullLogger silence;
    library::Logger::set_logger_impl(&silence);
    return made;
  }();
  return *instance;
}

bool is_service_type(phone_util::PhoneNumberType type) {
  switch (type) {
  case phone_util::TOLL_FREE:
  case phone_util::PREMIUM_RATE:
  case phone_util::SHARED_COST:
  case phone_util::VOICEMAIL:
  case phone_util::PAGER:
  case phone_util::UAN:
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
    for (const auto type : {phone_util::MOBILE, phone_util::FIXED_LINE}) {
      i18n::phonenumbers::PhoneNumber number;
      std::string e164;
      if (phone_library().GetExampleNumberForType(region, type, &number))
        phone_library().Format(number, phone_util::E164, &e164);
      if (e164.starts_with(prefix))
        return true;
    }
  return false;
}

} // namespace

bool some_number_begins_with(std::string_view prefix) {
  if (begins_an_example(prefix))
    return true;
  // A fixed seed: a prefix that is accepted once is accepted at every start.
  std::mt19937 digits; // NOLINT(cert-msc32-c,cert-msc51-cpp)
  for (auto length = prefix.size(); length <= longest_number; ++length)
    for (int n = 0; n < tries_each_length; ++n) {
      std::string number{prefix};
      while (number.size() < length)
        number += static_cast<char>('0' + digits() % 10);
      if (may_be_personal(number))
        return true;
      if (length == prefix.size())
        break;
    }
  return false;
}

} // namespace tinybook::config
