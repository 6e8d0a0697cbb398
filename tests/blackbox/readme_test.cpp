#include "tests/blackbox/fixture.hpp"

#include <sys/stat.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <unistd.h>

namespace tinybook::test {

namespace {

std::string text_in(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// What the reader is to paste: the shell blocks of a section, as they stand.
std::string pasted(const std::string& text, const std::string& section) {
  const auto begin = text.find("\n## " + section + "\n");
  REQUIRE(begin != std::string::npos);
  const auto end = text.find("\n## ", begin + 1);
  std::string lines;
  constexpr std::string_view open = "```sh\n";
  for (auto at = text.find(open, begin); at < end; at = text.find(open, at)) {
    at += open.size();
    lines += text.substr(at, text.find("```", at) - at);
  }
  return lines;
}

/// Runs a script by bash in `folder`; answers its exit status. What it prints goes to the
/// file `out` there, what it reads comes from `typed`.
class running_script {
 public:
  running_script(const std::filesystem::path& folder, const std::filesystem::path& typed)
      : pid_(::fork()) {
    if (pid_ != 0)
      return;
    const auto out = (folder / "out").string();
    const int to = ::open(out.c_str(), O_CREAT | O_WRONLY | O_TRUNC, 0600);
    const int from = ::open(typed.c_str(), O_RDONLY);
    if (::chdir(folder.c_str()) != 0 || to < 0 || from < 0)
      ::_exit(126);
    (void)::dup2(from, STDIN_FILENO);
    (void)::dup2(to, STDOUT_FILENO);
    (void)::dup2(to, STDERR_FILENO);
    ::execlp("bash", "bash", "-e", "walk.sh", nullptr);
    ::_exit(127);
  }
  running_script(const running_script&) = delete;
  running_script& operator=(const running_script&) = delete;
  ~running_script() { (void)wait(); }

  int wait() {
    int status = 0;
    if (pid_ > 0 && ::waitpid(std::exchange(pid_, 0), &status, 0) > 0)
      status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128;
    return status_;
  }

 private:
  int pid_;
  int status_ = -1;
};

} // namespace

TEST_CASE("the README's first use is pasted as it stands, and each answer is a success") {
  running_server server{running_server::later{}};
  // As scripts/run.sh starts it in the folder where the reader works.
  server.options = {"--set", "http.port=8081",
                    "--set", "admin.port=8082",
                    "--set", "storage.path=" + (server.folder.path() / "data").string()};
  server.start();
  const auto typed = server.folder.path() / "typed";
  REQUIRE(::mkfifo(typed.c_str(), 0600) == 0);
  std::ofstream{server.folder.path() / "walk.sh"}
      << pasted(text_in(TINYBOOK_README), "First use");
  running_script walk(server.folder.path(), typed);
  {
    std::ofstream keyboard{typed}; // The script begins when somebody is there to type.
    keyboard << server.code_for("+8613800138000") << '\n';
  }
  const auto status = walk.wait();
  const auto said = text_in(server.folder.path() / "out");
  CHECK_MESSAGE(status == 0, said);
  CHECK_MESSAGE(!says(said, "\"error\":"), said);
  for (const auto* line :
       {"\"userId\":1", "X-Jwt-Token: ", "\"Nickname\":\"Ann\"", "\"likeCnt\":1",
        "\"title\":\"First light\"", "sms-failover", "tinybook_http_requests_total"})
    CHECK_MESSAGE(says(said, line), line);
}

} // namespace tinybook::test
