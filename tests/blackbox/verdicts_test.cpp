#include "tests/blackbox/doctor_report.hpp"
#include "tests/blackbox/fixture.hpp"
#include "tests/blackbox/page_browser.hpp"
#include "tests/support/free_port.hpp"
#include "tests/support/http_receiver.hpp"
#include "tests/support/own_certificate.hpp"
#include "tests/support/spawned_server.hpp"
#include "tests/support/waiting.hpp"

#include <httplib.h>

#include <array>
#include <chrono>
#include <fcntl.h>
#include <fstream>
#include <future>
#include <regex>
#include <spawn.h>
#include <string>
#include <thread>
#include <unistd.h>

namespace tinybook::test {

using namespace std::chrono_literals;
using nlohmann::json;

namespace {

/// The endpoint of docs/verdicts.md, as it stands there but for its port.
class documented_endpoint : public spawned_server {
 public:
  documented_endpoint() {
    const auto page = content_of(TINYBOOK_VERDICTS_PAGE);
    std::smatch found;
    REQUIRE(std::regex_search(page, found, std::regex{"```python\n([^`]*)```"}));
    const auto program =
        std::regex_replace(found[1].str(), std::regex{"9001"}, std::to_string(port_));
    std::ofstream{file()} << program;
    const auto path = file();
    std::array<const char*, 3> words{"python3", path.c_str(), nullptr};
    posix_spawn_file_actions_t quiet{};
    ::posix_spawn_file_actions_init(&quiet);
    ::posix_spawn_file_actions_addopen(&quiet, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    const auto failed = ::posix_spawnp(&pid_, "python3", &quiet, nullptr,
                                       const_cast<char* const*>(words.data()), environ);
    ::posix_spawn_file_actions_destroy(&quiet);
    REQUIRE(failed == 0);
    REQUIRE(wait_until(10s, [this] {
      return httplib::Client{"127.0.0.1", port_}.Get("/").error()
             != httplib::Error::Connection;
    }));
  }
  ~documented_endpoint() { kill_hard(); }

  [[nodiscard]] std::string url() const {
    return "http://127.0.0.1:" + std::to_string(port_) + "/ask";
  }

 private:
  [[nodiscard]] std::string file() const {
    return (folder_.path() / "endpoint.py").string();
  }

  temporary_folder folder_;
  int port_ = free_port();
};

constexpr auto endpoint_key = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

struct judged_server : running_server {
  explicit judged_server(const std::vector<std::string>& more = {})
      : running_server(later{}) {
    options.insert(options.end(), more.begin(), more.end());
    options.insert(options.end(), {"--set", "abuse.webhook=" + endpoint.url(), "--set",
                                   "abuse.webhook_fails=closed"});
    use_key(endpoint_key);
  }

  void use_key(const std::string& key) {
    variables = {"TINYBOOK_ABUSE_WEBHOOK_KEY=" + key};
    process.reset();
    start();
  }

  /// What is answered to a client that shows `token`.
  [[nodiscard]] json post(const std::string& path, const json& body,
                          const std::string& token = {}) const {
    httplib::Client http{"127.0.0.1", process->port()};
    httplib::Headers headers;
    if (!token.empty())
      headers.emplace("X-Verdict-Token", token);
    const auto got = http.Post(path, headers, body.dump(), "application/json");
    REQUIRE(got);
    auto answer = json::parse(got->body);
    answer["status"] = got->status;
    answer["retry_after"] = got->get_header_value("Retry-After");
    return answer;
  }
  [[nodiscard]] json sign_up(const std::string& token = {}) const {
    return post("/users/signup",
                {{"email", "ann@example.org"},
                 {"password", "correct horse"},
                 {"confirmPassword", "correct horse"}},
                token);
  }
  [[nodiscard]] json send(const std::string& token = {}) const {
    return post("/users/login_sms/code/send", {{"phone", "+8613800138000"}}, token);
  }

  documented_endpoint endpoint;
};

/// With a widget on its pages.
struct asking_server : judged_server {
  asking_server()
      : judged_server({"--set", "abuse.widget_script=https://w.example/api.js", "--set",
                       "abuse.widget_class=w-captcha", "--set",
                       "abuse.widget_site_key=site-1", "--set",
                       "abuse.widget_field=w-captcha-response"}) {}

  [[nodiscard]] page_browser visitor() const { return page_browser{process->port()}; }
};

using typed_fields = std::map<std::string, std::string>;

/// What a browser sends where its person has solved what the widget asks.
typed_fields solved(typed_fields typed) {
  typed["w-captcha-response"] = "solved";
  return typed;
}

constexpr auto of_endpoint = "Please solve the puzzle.";

/// Over TLS with a certificate of its own, at which everybody is let in.
struct private_endpoint : running_server {
  private_endpoint() : running_server(later{}) {
    variables = {"TINYBOOK_ABUSE_WEBHOOK_KEY=" + std::string{endpoint_key}};
    options.insert(options.end(), {"--set", "abuse.webhook=" + endpoint.url("/ask"),
                                   "--set", "abuse.webhook_fails=closed"});
  }

  /// From here on; empty = those that the system trusts.
  void trust(const std::string& ca_file) {
    options.insert(options.end(), {"--set", "abuse.webhook_ca_file=" + ca_file});
    process.reset();
    start();
  }
  [[nodiscard]] doctor_report examined() const {
    auto words = options;
    words.insert(words.begin(), {"doctor", "--json"});
    server_process doctor{TINYBOOK_BINARY, folder.path(), words, variables};
    return doctor_report{doctor};
  }

  own_certificate certificate{"IP:127.0.0.1"};
  http_receiver endpoint{certificate, [](const httplib::Request&, httplib::Response& r) {
                           r.set_content(R"({"verdict":"allow"})", "application/json");
                         }};
};

} // namespace

TEST_CASE_FIXTURE(judged_server, "the documented endpoint denies codes and sign-ups, and "
                                 "allows those that show what it asks for") {
  for (const auto& denied : {sign_up(), send(), send("guessed")}) {
    CHECK(denied["status"] == 403);
    CHECK(denied["error"] == "verdict_denied");
    CHECK(denied["msg"] == "Please solve the puzzle.");
  }
  CHECK(sign_up("solved")["status"] == 200);
  CHECK(send("solved")["status"] == 200);
  CHECK(process->wait_output("SMS to +8613800138000", 10s));
  const auto long_token = send(std::string(4097, 'x'));
  CHECK(long_token["status"] == 400);
  CHECK(long_token["fields"][0]["field"] == "X-Verdict-Token");
  const auto shown = admin().get("/admin/actors/verdict-hook");
  CHECK(shown.status == 200);
  CHECK_MESSAGE(says(shown.text, R"("name":"denied","value":3)"), shown.text);
  CHECK(says(admin().get("/metrics").text, "denied"));
}

TEST_CASE_FIXTURE(judged_server, "an endpoint that does not take our signature, or is "
                                 "gone, is no verdict") {
  use_key("whsec_" + std::string(32, 'a'));
  auto refused = sign_up("solved");
  CHECK(refused["status"] == 503);
  CHECK(refused["error"] == "unavailable");
  CHECK(refused["retry_after"] == "5");
  endpoint.kill_hard();
  refused = send("solved");
  CHECK(refused["status"] == 503);
  options.insert(options.end(), {"--set", "abuse.webhook_fails=open"});
  use_key("whsec_" + std::string(32, 'a'));
  CHECK(sign_up()["status"] == 200);
  CHECK(send()["status"] == 200);
}

TEST_CASE_FIXTURE(asking_server, "pages: what the widget gave lets a sign-up and a code "
                                 "pass, and nothing else does") {
  auto b = visitor();
  const typed_fields ann{{"email", "ann@example.org"},
                         {"password", "correct horse"},
                         {"confirmPassword", "correct horse"}};
  auto page = b.send(b.get("/signup"), "/signup", ann);
  CHECK(page.status == 403);
  CHECK(page.has(of_endpoint));
  CHECK(page.has(R"(<div class="w-captcha" data-sitekey="site-1"></div>)"));
  CHECK(page.form("/signup").fields["email"] == "ann@example.org");
  page = b.send(page, "/signup", solved(ann));
  CHECK(page.path == "/");
  CHECK(page.has("Welcome to tinybook."));

  const typed_fields phone{{"phone", "+8613800138000"}};
  page = b.send(b.get("/profile/phone"), "/profile/phone", phone);
  CHECK(page.status == 403);
  CHECK(page.has(of_endpoint));
  page = b.send(page, "/profile/phone", solved(phone));
  page = b.send(page, "/profile/phone/enter", {{"code", code_for("+8613800138000")}});
  CHECK(page.has("Your phone has been saved."));

  // By password or by a code, which has a page of its own.
  page = b.send(b.get("/security/prove/code"), "/security/prove/code");
  CHECK(page.status == 403);
  CHECK(page.has(of_endpoint));
  CHECK_FALSE(page.has("current-password"));
  page = b.send(page, "/security/prove/code", solved({}));
  CHECK(page.path == "/security/prove/enter");

  auto other = visitor();
  for (const auto& [path, to] : {std::pair{"/login/code", "+8613800138001"},
                                 {"/password/new", "+8613800138002"}}) {
    page = other.send(other.get(path), path, {{"phone", to}});
    CHECK(page.status == 403);
    CHECK(page.has(of_endpoint));
    page = other.send(page, path, solved({{"phone", to}}));
    CHECK(page.status == 200);
    CHECK(page.path == std::string{path} + "/enter");
    // To send again, but for where a password is typed.
    CHECK(page.has("data-sitekey") != page.has(R"(type="password")"));
  }
}

TEST_CASE_FIXTURE(private_endpoint, "an endpoint with a private certificate is asked "
                                    "where its file is named, and the status says why "
                                    "it is not") {
  const auto sign_up = [this](const std::string& name) {
    return browser().sign_up(name + "@example.org", "correct horse");
  };
  trust("");
  const auto refused = sign_up("ann");
  CHECK(refused.status == 503);
  CHECK(refused.error() == "unavailable");
  auto shown = admin().get("/admin/actors/verdict-hook");
  CHECK_MESSAGE(says(shown.text, "no verdict: SSLServerVerification"), shown.text);
  CHECK_MESSAGE(examined().about("abuse.webhook").starts_with("error: "), shown.text);

  trust(certificate.file());
  CHECK(sign_up("ann").status == 200);
  shown = admin().get("/admin/actors/verdict-hook");
  CHECK_MESSAGE(says(shown.text, R"("name":"allowed","value":1)"), shown.text);
  // It ends within the hour.
  CHECK(examined().about("abuse.webhook").starts_with("warning: https://127.0.0.1:"));

  const own_certificate of_another{"IP:127.0.0.1"};
  trust(of_another.file());
  CHECK(sign_up("bob").status == 503);
}

TEST_CASE("an endpoint that does not answer keeps nobody waiting for longer than its "
          "bound") {
  httplib::Server endpoint;
  std::promise<void> over;
  const auto ended = over.get_future().share();
  endpoint.Post("/ask",
                [&](const httplib::Request&, httplib::Response&) { ended.wait(); });
  const auto port = endpoint.bind_to_any_port("127.0.0.1");
  std::thread serving{[&] {
    endpoint.listen_after_bind();
  }};
  {
    running_server server{running_server::later{}};
    server.options.insert(
        server.options.end(),
        {"--set", "abuse.webhook=http://127.0.0.1:" + std::to_string(port) + "/ask",
         "--set", "abuse.webhook_fails=closed", "--set", "abuse.webhook_timeout=200ms"});
    server.variables = {
        "TINYBOOK_ABUSE_WEBHOOK_KEY=whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"};
    server.start();
    const auto begun = std::chrono::steady_clock::now();
    const auto refused = server.browser().sign_up("ann@example.org", "correct horse");
    CHECK(refused.status == 503);
    CHECK(refused.header("Retry-After") == "5");
    CHECK(std::chrono::steady_clock::now() - begun < 1500ms);
  }
  over.set_value();
  endpoint.stop();
  serving.join();
}

} // namespace tinybook::test
