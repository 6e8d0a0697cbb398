#include "config/phone_library.hpp"

#include <phonenumbers/logger.h>

namespace tinybook::config {

const i18n::phonenumbers::PhoneNumberUtil& phone_library() {
  namespace library = i18n::phonenumbers;
  static const library::PhoneNumberUtil* const instance = [] {
    const auto* made = library::PhoneNumberUtil::GetInstance();
    static library::NullLogger silence;
    library::Logger::set_logger_impl(&silence);
    return made;
  }();
  return *instance;
}

} // namespace tinybook::config
