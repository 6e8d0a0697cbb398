#pragma once

#include "tests/support/server_process.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <string>

namespace tinybook::test {

/// What `tinybook doctor --json` has printed, and how it ended.
struct doctor_report {
  explicit doctor_report(server_process& doctor)
      : code(doctor.wait_exit().value_or(-1)),
        json(nlohmann::json::parse(doctor.standard_output(), nullptr, false)) {
    REQUIRE_MESSAGE(!json.is_discarded(), doctor.standard_output()
                                              << doctor.standard_error());
    const std::string worst = json["worst"];
    CHECK(code == (worst == "error" ? 1 : worst == "warning" ? 4 : 0));
    CHECK(doctor.standard_error().empty());
  }

  /// `level: found` about `what`, of the first finding; empty if there is none.
  [[nodiscard]] std::string about(const std::string& what) const {
    for (const auto& one : json["findings"])
      if (one["what"] == what)
        return one["level"].get<std::string>() + ": " + one["found"].get<std::string>();
    return {};
  }

  int code;
  nlohmann::json json;
};

} // namespace tinybook::test
