#include "config/command_line.hpp"

#include "config/version.hpp"

#include <CLI/CLI.hpp>

#include <string>
#include <utility>
#include <vector>

namespace tinybook::config {

namespace {

constexpr const char* program_description =
    "tinybook serves a writing community: sign-in by password or SMS code, profiles,\n"
    "articles, likes and a live ranking. With no option it needs nothing else "
    "installed:\n"
    "data in ./data, the API on http://localhost:8081, the admin listener on port 8082.";

constexpr const char* more =
    "Of the options that do one thing and exit, one is given at a time.\n"
    "\n"
    "Configuration:\n"
    "  Defaults < --config FILE < environment < --set. The variable of a key is its name "
    "in\n"
    "  capitals with TINYBOOK_ in front and _ for each dot: http.port is "
    "TINYBOOK_HTTP_PORT.\n"
    "  Lists are separated by commas there and after --set. Wrong or unknown keys are "
    "errors.\n"
    "  --print-default-config shows every key with its unit, range and default.\n"
    "\n"
    "Ports:\n"
    "  http.address:http.port 127.0.0.1:8081    the API\n"
    "  admin.address:admin.port 127.0.0.1:8082  actors, metrics; token in "
    "DATA/admin.token\n"
    "  /healthz and /readyz answer on both.\n"
    "\n"
    "Signals:\n"
    "  SIGTERM, SIGINT  stop in order: what is in flight is answered, then exit 0\n"
    "\n"
    "Output:\n"
    "  Logs go to standard error; the console SMS provider prints to standard output.\n"
    "\n"
    "Exit codes:\n"
    "  0  done, or stopped by a signal\n"
    "  1  could not start, or a part failed for good\n"
    "  2  the command line or the configuration is wrong\n"
    "  3  a stop that hung was ended by the watchdog\n"
    "\n"
    "Examples:\n"
    "  tinybook\n"
    "  tinybook --set http.port=9000 --set storage.path=/var/lib/tinybook\n"
    "  tinybook --backup /backup/monday\n"
    "  tinybook --new-keys keys.json\n"
    "  TINYBOOK_LOG_FORMAT=json tinybook --config tinybook.toml";

std::string lines_of(const std::vector<std::string>& warnings) {
  std::string text;
  for (const auto& warning : warnings)
    text += "warning: " + warning + '\n';
  return text;
}

std::string lines_of(const std::vector<config_error>& errors) {
  std::string text;
  for (const auto& error : errors)
    text += error.text() + "\n";
  const auto count = std::to_string(errors.size());
  return text + count + (errors.size() == 1 ? " error" : " errors")
         + " in the configuration\n";
}

order act(const command_line& line, load_result loaded) {
  if (!loaded.ok())
    return exit_request{exit_code::bad_usage, {}, lines_of(loaded.errors)};
  if (line.backup)
    return backup_task{std::move(loaded.values), *line.backup};
  switch (line.what) {
  case command_line::action::check_config:
    return exit_request{exit_code::ok, "the configuration is valid\n",
                        lines_of(loaded.values.warnings)};
  case command_line::action::print_config:
    return exit_request{exit_code::ok, print(loaded.values), {}};
  case command_line::action::serve:
    break;
  }
  return std::move(loaded.values);
}

CLI::Validator is_path() {
  const auto empty = [](std::string& path) {
    return path.empty() ? std::string{"a path is needed"} : std::string{};
  };
  return {empty, ""};
}

/// The options that do one thing and end the program: at most one of them is given.
/// (CLI11's `excludes` would list them all beside each of them in the help.)
class ending_options {
 public:
  CLI::Option* add(CLI::Option* one) {
    all_.push_back(one);
    return one;
  }

  /// What is wrong where more than one is given; else empty.
  [[nodiscard]] std::string clash() const {
    const CLI::Option* first = nullptr;
    for (const auto* one : all_) {
      if (one->count() == 0)
        continue;
      if (first != nullptr)
        return first->get_name() + " excludes " + one->get_name()
               + "\nRun with --help for more information.\n";
      first = one;
    }
    return {};
  }

 private:
  std::vector<const CLI::Option*> all_;
};

/// `--new-keys` and the other options that change a file of keys.
class key_options {
 public:
  key_options(CLI::App& app, ending_options& ending) {
    const auto add = [&](const char* name, key_task::action what, const char* help) {
      ending.add(app.add_option(name, file_, help))->type_name("FILE")->check(is_path());
      options_.push_back({name, what});
    };
    add("--new-keys", key_task::action::create,
        "Write a new file of keys for all replicas, and exit");
    add("--rotate-keys", key_task::action::add,
        "Add a key to the file that is accepted but not used yet, and exit");
    add("--promote-key", key_task::action::promote,
        "Make what --rotate-keys has added the current key, and exit");
  }

  [[nodiscard]] std::optional<key_task> chosen(const CLI::App& app) const {
    for (const auto& o : options_)
      if (app.count(o.name) != 0)
        return key_task{o.what, file_};
    return std::nullopt;
  }

 private:
  struct option {
    const char* name;
    key_task::action what;
  };

  std::string file_;
  std::vector<option> options_;
};

} // namespace

std::variant<command_line, exit_request> parse_command_line(int argc,
                                                            const char* const* argv) {
  command_line line;
  std::string file;
  bool check = false;
  bool effective = false;
  bool documented = false;

  CLI::App app{program_description, "tinybook"};
  app.footer(more);
  app.set_version_flag("--version", "tinybook " + std::string{version},
                       "Print the version and exit");
  app.set_help_flag("-h,--help", "Print this help and exit");
  app.add_option("--config", file, "Read this TOML file")
      ->type_name("FILE")
      ->check(is_path());
  app.add_option("--set", line.assignments, "Set one key; may be given several times")
      ->type_name("SECTION.KEY=VALUE")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->allow_extra_args(false);
  ending_options ending;
  ending.add(app.add_flag("--check-config", check, "Check the configuration and exit"));
  ending.add(app.add_flag("--print-config", effective,
                          "Print the effective configuration, secrets hidden, and exit"));
  ending.add(
      app.add_flag("--print-default-config", documented,
                   "Print every key with its documentation and default, and exit"));
  std::string backup;
  ending
      .add(app.add_option("--backup", backup,
                          "Copy database and keys into this new folder, also while a "
                          "server runs, and exit"))
      ->type_name("FOLDER")
      ->check(is_path());
  app.add_flag("--new-keys-for-old-data", line.new_keys_for_old_data,
               "Serve though keys.json is lost: ends all sessions and pending codes");
  const key_options keys{app, ending};
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::ostringstream output;
    std::ostringstream errors;
    const auto code = app.exit(error, output, errors);
    return exit_request{code == 0 ? exit_code::ok : exit_code::bad_usage, output.str(),
                        errors.str()};
  }
  if (auto clash = ending.clash(); !clash.empty())
    return exit_request{exit_code::bad_usage, {}, std::move(clash)};
  if (documented)
    return exit_request{exit_code::ok, print_documented_defaults(), {}};
  if (app.count("--config") != 0)
    line.config_file = file;
  line.keys = keys.chosen(app);
  if (app.count("--backup") != 0)
    line.backup = backup;
  if (check)
    line.what = command_line::action::check_config;
  else if (effective)
    line.what = command_line::action::print_config;
  return line;
}

order configure(int argc, const char* const* argv, const char* const* environ_block) {
  auto parsed = parse_command_line(argc, argv);
  if (auto* early = std::get_if<exit_request>(&parsed))
    return std::move(*early);
  auto& line = std::get<command_line>(parsed);
  if (line.keys)
    return std::move(*line.keys);
  auto loaded =
      load({line.config_file, environment_variables(environ_block), line.assignments});
  loaded.values.keys.new_for_old_data = line.new_keys_for_old_data;
  return act(line, std::move(loaded));
}

} // namespace tinybook::config
