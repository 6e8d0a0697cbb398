#pragma once

#include "config/key_table.hpp"
#include "config/loader.hpp"

#include <cstddef>
#include <filesystem>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace tinybook::config {

/// Where a value was given.
struct origin {
  std::string where;
  std::size_t line = 0;
};

/// The settings while they are put together: values so far, where each came from, and
/// the errors. A wrong value leaves the earlier one in place, so that one run finds every
/// error.
class draft {
 public:
  draft();

  /// Takes `given` for a key if it is acceptable, else notes an error that shows `shown`.
  /// `name` is the full name: `sms.providers[1].url`.
  void assign(const key& k, std::size_t row, const std::string& name,
              const std::optional<value>& given, std::string shown, const origin& from);

  void fail(const origin& from, std::string key_name, std::string message);

  /// Warns of a value that is taken all the same.
  void warn(const std::string& key_name, std::string message);

  /// Warns that the key does nothing any more.
  void warn(const retired_key& k, const origin& from);

  /// An error about several keys together, placed at the first that was given.
  void fail_together(std::initializer_list<std::string_view> names, std::string message);

  /// Whether any source named the key.
  [[nodiscard]] bool given(const std::string& name) const;
  /// The file that named it last; empty where none did.
  [[nodiscard]] std::string file_of(std::string_view name) const;

  /// The configuration file that is read, whatever it says; empty = none.
  void reads(const std::filesystem::path& file) { file_ = file.string(); }
  [[nodiscard]] const std::string& config_file() const { return file_; }

  [[nodiscard]] settings& values() { return result_.values; }
  [[nodiscard]] load_result take() && { return std::move(result_); }

 private:
  load_result result_;
  std::map<std::string, origin, std::less<>> origins_;
  std::string file_;
};

/// Applies the file; syntax errors and unknown keys are noted, too.
void read_file(const std::filesystem::path& file, draft& into);

/// Applies the `TINYBOOK_…` variables, but for those that a provider's `secret_env` names
/// and those that Kubernetes sets for services named tinybook….
void read_environment(const variables& environment, draft& into);

/// Applies what `--set` gives.
void read_assignments(const std::vector<std::string>& assignments, draft& into);

/// Fills in the secrets that stand in variables or files.
void resolve_secrets(const variables& environment, draft& into);

/// Notes what a provider lacks or has wrong for its kind.
void check_providers(draft& of);

/// Notes where the audit trail would be written into what is something else.
void check_audit_log(draft& of);

/// Warns of what an attacker would look for.
void note_risks(draft& of);

/// Notes values that do not go together; checks the providers, too.
void check_together(draft& of);

} // namespace tinybook::config
