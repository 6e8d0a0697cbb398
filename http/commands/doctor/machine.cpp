#include "http/commands/doctor/machine.hpp"

#include "config/thread_count.hpp"
#include "config/value_text.hpp"
#include "http/commands/doctor/words.hpp"
#include "http/server/listener.hpp"
#include "http/server/options.hpp"
#include "http/text_tools.hpp"

#include <sys/resource.h>
#include <sys/sysinfo.h>
#include <sys/timex.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <unistd.h>

namespace tinybook::http::doctor {

using namespace std::chrono_literals;

namespace {

/// Threads beside those of the keys: actors that block, and libraries.
constexpr std::size_t further_threads = 64;

std::optional<std::uint64_t> first_number(const std::filesystem::path& file) {
  std::ifstream in{file};
  std::uint64_t number = 0;
  if (in >> number)
    return number;
  return std::nullopt;
}

/// The folder of this process's cgroup (version 2), and those above it.
std::vector<std::filesystem::path> cgroups() {
  const std::filesystem::path top{"/sys/fs/cgroup"};
  std::vector<std::filesystem::path> out{top};
  std::ifstream in{"/proc/self/cgroup"};
  for (std::string line; std::getline(in, line);)
    if (line.starts_with("0::/"))
      for (auto path = top; const auto& part : std::filesystem::path{line.substr(4)})
        out.push_back(path /= part);
  return out;
}

template <class T>
void lower(std::optional<T>& bound, std::optional<T> by) {
  if (by)
    bound = bound ? std::min(*bound, *by) : *by;
}

/// `150000 100000` are one and a half processors; `max 100000` is no bound.
std::optional<double> quota_of(const std::filesystem::path& file) {
  std::ifstream in{file};
  double of = 0;
  double period = 0;
  if (in >> of >> period && period > 0)
    return of / period;
  return std::nullopt;
}

/// Whether what a provider is sent carries the time, by which it may refuse it.
bool is_dated(const config::sms_provider& p) {
  using config::provider_kind;
  return p.enabled
         && (p.kind == provider_kind::tencent || p.kind == provider_kind::aliyun
             || (p.kind == provider_kind::webhook && !p.secret.empty()));
}

findings judge_memory(const machine_facts& m, const config::settings& s) {
  if (m.memory_bytes == 0)
    return {};
  const auto threads = config::thread_count(s.passwords.threads);
  const auto wanted =
      threads * s.passwords.argon2_memory_bytes + s.http.max_buffered_bytes;
  const auto told =
      rough_bytes(m.memory_bytes) + " of memory; hashing " + std::to_string(threads)
      + " passwords at once and http.max_buffered take " + rough_bytes(wanted);
  const std::string to_do = "Give it more memory, or set passwords.threads and "
                            "http.max_buffered lower.";
  if (wanted > m.memory_bytes)
    return {error("limits.memory", told, to_do)};
  if (wanted > m.memory_bytes / 2)
    return {warning("limits.memory", told, to_do)};
  return {fine("limits.memory", told)};
}

findings judge_file_limit(const machine_facts& m, const config::settings& s) {
  const auto wanted = files_wanted(s.http.max_connections);
  const auto told = std::to_string(m.max_files) + " open files";
  if (m.max_files < wanted)
    return {
        warning("limits.files",
                told + ", but http.max_connections needs " + std::to_string(wanted),
                "Raise the hard limit (LimitNOFILE= of systemd, ulimit -Hn), or lower "
                "http.max_connections.")};
  return {fine("limits.files", told)};
}

findings judge_processors(const machine_facts& m, const config::settings& s) {
  const auto threads = std::max({config::thread_count(s.passwords.threads),
                                 config::thread_count(s.scheduler.threads),
                                 config::thread_count(s.http.fast_workers)});
  const auto told = fill_in("{} {processor|processors}", {std::to_string(m.processors)});
  if (m.cpu_quota && *m.cpu_quota + 0.5 < static_cast<double>(threads))
    return {warning("limits.processors",
                    told + ", of which the cgroup allows "
                        + config::format_real(std::round(*m.cpu_quota * 10) / 10)
                        + fill_in(" for {} {thread|threads}", {std::to_string(threads)}),
                    "Set scheduler.threads, http.fast_workers and passwords.threads to "
                    "what the quota allows.")};
  return {fine("limits.processors", told)};
}

findings judge_tasks(const machine_facts& m, const config::settings& s) {
  std::size_t wanted = further_threads + config::thread_count(s.passwords.threads)
                       + config::thread_count(s.scheduler.threads)
                       + config::thread_count(s.http.fast_workers)
                       + s.postgres.connections + s.storage.readers + s.articles.cleaners;
  for (const auto& provider : s.sms.providers)
    wanted += provider.enabled ? provider.max_in_flight : 0;
  if (!m.max_tasks || *m.max_tasks >= wanted)
    return {};
  return {warning("limits.tasks",
                  "the cgroup allows " + std::to_string(*m.max_tasks) + " threads, about "
                      + std::to_string(wanted) + " are wanted",
                  "Raise TasksMax= of systemd or pids.max of the container.")};
}

findings judge_backlog(const machine_facts& m) {
  const auto wanted = static_cast<std::uint64_t>(server_options{}.backlog);
  if (m.backlog == 0 || m.backlog >= wanted)
    return {};
  return {note("limits.backlog",
               "net.core.somaxconn is " + std::to_string(m.backlog)
                   + ": more connections at once are refused",
               "Set it to " + std::to_string(wanted) + " (sysctl).")};
}

findings judge_sync(const machine_facts& m, const config::settings& s) {
  if (!m.clock_synced)
    return {};
  if (*m.clock_synced)
    return {fine("clock.sync", "kept by a time service")};
  // With a shared database all times but those of the log are that database's.
  const bool own_time = s.storage.database == config::database_kind::sqlite;
  if (own_time && std::ranges::any_of(s.sms.providers, is_dated))
    return {warning("clock.sync", "no time service keeps this machine's clock",
                    "Run one (systemd-timesyncd, chrony): SMS providers refuse requests "
                    "that are signed some minutes off.")};
  return {note("clock.sync", "no time service keeps this machine's clock",
               "Run one: systemd-timesyncd, chrony.")};
}

} // namespace

machine_facts look_at_machine() {
  machine_facts out;
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) == 0)
    out.max_files = files.rlim_max;
  struct sysinfo about {};
  if (::sysinfo(&about) == 0)
    out.memory_bytes = std::uint64_t{about.totalram} * about.mem_unit;
  out.processors = config::thread_count(0);
  std::optional<std::uint64_t> memory;
  for (const auto& group : cgroups()) {
    lower(memory, first_number(group / "memory.max"));
    lower(out.max_tasks, first_number(group / "pids.max"));
    lower(out.cpu_quota, quota_of(group / "cpu.max"));
  }
  if (memory)
    out.memory_bytes = std::min(out.memory_bytes, *memory);
  out.backlog = first_number("/proc/sys/net/core/somaxconn").value_or(0);
  timex clock{}; // Without modes it only reads.
  if (const int state = ::adjtimex(&clock); state >= 0)
    out.clock_synced = state != TIME_ERROR && (clock.status & STA_UNSYNC) == 0;
  return out;
}

findings judge_machine(const machine_facts& machine, const config::settings& s) {
  findings out;
  for (const auto& part : {judge_file_limit(machine, s), judge_memory(machine, s),
                           judge_processors(machine, s), judge_tasks(machine, s),
                           judge_backlog(machine), judge_sync(machine, s)})
    append(out, part);
  return out;
}

findings judge_clocks(std::chrono::milliseconds ahead, std::chrono::milliseconds doubt) {
  const auto off = std::chrono::abs(ahead) - doubt;
  const auto told = "the database's is "
                    + config::format_duration(std::chrono::abs(ahead))
                    + (ahead.count() < 0 ? " behind" : " ahead");
  const std::string to_do =
      "Let a time service keep both machines: codes, sessions and what is signed for SMS "
      "providers go by the database's clock, log lines and certificates by this one's.";
  if (off >= 30s)
    return {error("clock.database", told, to_do)};
  if (off >= 1s)
    return {warning("clock.database", told, to_do)};
  return {fine("clock.database", "agrees with this machine's")};
}

} // namespace tinybook::http::doctor
