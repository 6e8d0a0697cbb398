#include "http/api/request_id.hpp"

#include "storage/support/encoding.hpp"
#include "storage/support/random.hpp"

#include <array>
#include <cstring>

namespace tinybook::http {

namespace {

seeded_random& numbers() {
  thread_local seeded_random source = [] {
    std::uint64_t seed = 0;
    std::array<unsigned char, sizeof seed> bytes{};
    system_random{}.fill(bytes);
    std::memcpy(&seed, bytes.data(), sizeof seed);
    return seeded_random{seed};
  }();
  return source;
}

} // namespace

std::string next_request_id() {
  std::array<unsigned char, 8> bytes{};
  numbers().fill(bytes);
  return hex_encode({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

} // namespace tinybook::http
