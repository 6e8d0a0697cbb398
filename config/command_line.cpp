#include "config/command_line.hpp"

#include "config/local_parts.hpp"
#include "config/text_rules.hpp"
#include "config/url.hpp"
#include "config/version.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
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
    "Of commands and options that do one thing and exit, one is given at a time.\n"
    "tinybook COMMAND --help tells more; the options above may stand behind it, too.\n"
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
    "  1  could not start, a part failed for good, or what was asked for was not done\n"
    "  2  the command line or the configuration is wrong\n"
    "  3  a stop that hung was ended by the watchdog\n"
    "  4  doctor: there are warnings, and nothing worse (1: errors)\n"
    "\n"
    "Examples:\n"
    "  tinybook\n"
    "  tinybook --set http.port=9000 --set storage.path=/var/lib/tinybook\n"
    "  tinybook backup /backup/monday\n"
    "  tinybook doctor --config tinybook.toml\n"
    "  tinybook --new-keys keys.json\n"
    "  TINYBOOK_LOG_FORMAT=json tinybook --config tinybook.toml";

std::string lines_of(const std::vector<config_error>& errors) {
  std::string text;
  for (const auto& error : errors)
    text += error.text() + "\n";
  const auto count = std::to_string(errors.size());
  return text + count + (errors.size() == 1 ? " error" : " errors")
         + " in the configuration\n";
}

order act(const command_line& line, load_result loaded) {
  using action = command_line::action;
  if (!loaded.ok())
    return exit_request{exit_code::bad_usage, {}, lines_of(loaded.errors)};
  auto& values = loaded.values;
  switch (line.what) {
  case action::check_config:
    return check_task{std::move(values)};
  case action::print_config:
    return exit_request{exit_code::ok, print(values), {}};
  case action::backup:
    return backup_task{std::move(values), line.folder};
  case action::restore:
    return restore_task{std::move(values), line.folder, line.waiting};
  case action::migrate:
    return migrate_task{std::move(values), line.migrate_to};
  case action::doctor:
    return doctor_task{std::move(values), line.json};
  case action::drop_key:
    return key_task{key_task::action::drop, key_file_of(values), line.key_id};
  case action::serve:
    break;
  }
  return std::move(values);
}

CLI::Validator is_given(const char* what) {
  const auto check = [what](std::string& text) {
    return text.empty() ? std::string{what} + " is needed" : std::string{};
  };
  return {check, ""};
}

CLI::Validator is_path() {
  return is_given("a path");
}

CLI::Validator is_without_password() {
  const auto check = [](const std::string& url) -> std::string {
    if (!rules::has_password(url))
      return {};
    return "has a password, which the list of processes would show; leave it out and set "
           "postgres.password_file or the variable TINYBOOK_POSTGRES_PASSWORD";
  };
  return {check, ""};
}

/// What is asked by `--probe` is open to everybody.
CLI::Validator is_without_user() {
  const auto check = [](const std::string& url) -> std::string {
    if (authority_of(url).find('@') == std::string_view::npos)
      return {};
    return "has a user or a password, which the list of processes would show; give the "
           "address without";
  };
  return {check, ""};
}

CLI::Validator is_operator_name() {
  const auto check = [](std::string& name) {
    return rules::is_provider_name(name) && name != first_admin_token
               ? std::string{}
               : "use " + std::string{rules::provider_name.allowed} + ", other than "
                     + first_admin_token;
  };
  return {check, ""};
}

/// The options and commands that do one thing and end the program: at most one of them is
/// given. (CLI11's `excludes` would list them all beside each of them in the help.)
class ending_options {
 public:
  explicit ending_options(const CLI::App& app) : app_(app) {}

  CLI::Option* add(CLI::Option* one) {
    all_.push_back(one);
    return one;
  }

  /// What is wrong where more than one is given; else empty.
  [[nodiscard]] std::string clash() const {
    std::vector<std::string> given;
    for (const auto* one : all_)
      if (one->count() != 0)
        given.push_back(one->get_name());
    for (const auto* command : app_.get_subcommands())
      given.push_back(command->get_name());
    if (given.size() < 2)
      return {};
    return given[0] + " excludes " + given[1]
           + "\nRun with --help for more information.\n";
  }

 private:
  const CLI::App& app_;
  std::vector<const CLI::Option*> all_;
};

/// `tinybook backup` and the other commands.
class commands {
 public:
  commands(CLI::App& app, command_line& line) : line_(line) {
    using action = command_line::action;
    auto* backup = add(app, "backup", action::backup,
                       "Copy database and keys into a new folder, also while a server "
                       "runs (SQLite)");
    backup->add_option("FOLDER", folder_, "New or empty")->required()->check(is_path());
    auto* restore =
        add(app, "restore", action::restore,
            "Put a backup into the empty folder storage.path (SQLite), or finish what "
            "pg_restore has begun");
    restore
        ->add_option("FOLDER", folder_,
                     "What `tinybook backup` has made; only with SQLite")
        ->check(is_path());
    restore
        ->add_option("--outbox", outbox_,
                     "SMS that waited when the backup was taken: expire, for they have "
                     "been sent since, or resume, where nothing has run since")
        ->check(CLI::IsMember({"expire", "resume"}).description(""))
        ->type_name("expire|resume")
        ->capture_default_str();
    auto* migrate = add(app, "migrate", action::migrate,
                        "Copy everything from SQLite into an empty PostgreSQL database");
    migrate
        ->add_option("--to", line.migrate_to,
                     "As postgres.url; give the password as TINYBOOK_POSTGRES_PASSWORD")
        ->type_name("URL")
        ->check(is_without_password())
        ->required();
    auto* doctor = add(app, "doctor", action::doctor,
                       "Look at files, limits, clocks, back ends and providers: what is "
                       "wrong, and what to do");
    doctor->add_flag("--json", line.json, "Print JSON");
    doctor->footer("It changes nothing and ends within some 10 seconds. Exit code by the "
                   "worst:\n  0  nothing worse than a note\n  4  warnings\n  1  errors");
  }

  /// Hands over what was parsed as text.
  void finish() {
    line_.folder = folder_;
    line_.waiting = outbox_ == "resume" ? waiting_sms::resume : waiting_sms::expire;
  }

 private:
  CLI::App* add(CLI::App& app, const char* name, command_line::action what,
                const char* help) {
    auto* command = app.add_subcommand(name, help);
    command->fallthrough();
    command->callback([this, what] { line_.what = what; });
    return command;
  }

  command_line& line_;
  std::string folder_;
  std::string outbox_ = "expire";
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
  app.set_version_flag("--version", "tinybook " + std::string{version},
                       "Print the version and exit");
  app.set_help_flag("-h,--help", "Print this help and exit");
  app.require_subcommand(0, 1);
  app.add_option("--config", file, "Read this TOML file")
      ->type_name("FILE")
      ->check(is_path());
  app.add_option("--set", line.assignments, "Set one key; may be given several times")
      ->type_name("SECTION.KEY=VALUE")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->allow_extra_args(false);
  ending_options ending{app};
  ending.add(app.add_flag("--check-config", check, "Check the configuration and exit"));
  ending.add(app.add_flag("--print-config", effective,
                          "Print the effective configuration, secrets hidden, and exit"));
  ending.add(
      app.add_flag("--print-default-config", documented,
                   "Print every key with its documentation and default, and exit"));
  probe_task probe;
  ending
      .add(app.add_option("--probe", probe.url,
                          "Ask this http:// address; exit with 0 if it answers 200"))
      ->type_name("URL")
      ->check(is_without_user());
  ending
      .add(app.add_option(
          "--drop-key", line.key_id,
          "Take the key of that id, which leaked, out of the file that the "
          "configuration names, and exit"))
      ->type_name("ID")
      ->check(is_given("an id"));
  admin_token_task token;
  ending
      .add(app.add_option("--new-admin-token", token.name,
                          "Make a token for the operator of that name, print it and what "
                          "the configuration is to have of it, and exit; of the level "
                          "read, beside which there are act and configure (nothing needs "
                          "that one yet)"))
      ->type_name("NAME")
      ->check(is_operator_name());
  app.add_flag("--new-keys-for-old-data", line.new_keys_for_old_data,
               "Serve though keys.json is lost: ends all sessions and pending codes");
  const key_options keys{app, ending};
  commands given{app, line};
  app.footer(more); // Behind the commands, which would show it, too.
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
  if (app.count("--probe") != 0)
    line.probe = probe;
  if (app.count("--new-admin-token") != 0)
    line.admin_token = token;
  given.finish();
  if (check)
    line.what = command_line::action::check_config;
  else if (effective)
    line.what = command_line::action::print_config;
  else if (app.count("--drop-key") != 0)
    line.what = command_line::action::drop_key;
  return line;
}

order configure(int argc, const char* const* argv, const char* const* environ_block) {
  auto parsed = parse_command_line(argc, argv);
  if (auto* early = std::get_if<exit_request>(&parsed))
    return std::move(*early);
  auto& line = std::get<command_line>(parsed);
  if (line.keys)
    return std::move(*line.keys);
  if (line.probe)
    return std::move(*line.probe);
  if (line.admin_token)
    return std::move(*line.admin_token);
  auto loaded =
      load({line.config_file, environment_variables(environ_block), line.assignments});
  loaded.values.keys.new_for_old_data = line.new_keys_for_old_data;
  return act(line, std::move(loaded));
}

} // namespace tinybook::config
