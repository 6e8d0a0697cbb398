#pragma once

#include "config/settings.hpp"
#include "http/commands/doctor/finding.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace tinybook::http::doctor {

/// What the system lets this process have.
struct machine_facts {
  std::uint64_t max_files = 0;     ///< As far as the process may raise it itself.
  std::uint64_t memory_bytes = 0;  ///< The machine's, or less by a cgroup; 0 = unknown.
  std::size_t processors = 0;      ///< On which the process may run.
  std::optional<double> cpu_quota; ///< Of a cgroup, in processors.
  std::optional<std::uint64_t> max_tasks; ///< Threads, of a cgroup.
  std::uint64_t backlog = 0;              ///< `net.core.somaxconn`; 0 = unknown.
  std::optional<bool> clock_synced;       ///< As the kernel was told by a time service.
};

[[nodiscard]] machine_facts look_at_machine();
[[nodiscard]] findings judge_machine(const machine_facts& machine,
                                     const config::settings& s);

/// The database's clock against this machine's: `ahead` by that much, give or take
/// `doubt`.
[[nodiscard]] findings judge_clocks(std::chrono::milliseconds ahead,
                                    std::chrono::milliseconds doubt);

} // namespace tinybook::http::doctor
