#include "tests/blackbox/fixture.hpp"

#include <sys/stat.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <fstream>
#include <unistd.h>

namespace tinybook::test {

namespace {

/// Runs the README's first use in `folder` and returns its exit status. Its output goes
/// to the file `out` there, its input comes from `typed`.
class running_walk {
 public:
  running_walk(const std::filesystem::path& folder, const std::filesystem::path& typed)
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
    ::execl(TINYBOOK_README_WALK, "readme_walk.sh", TINYBOOK_README, nullptr);
    ::_exit(127);
  }
  running_walk(const running_walk&) = delete;
  running_walk& operator=(const running_walk&) = delete;
  ~running_walk() { (void)wait(); }

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
  REQUIRE(server.process->wait_output(" next ", std::chrono::seconds{10}, true));
  const auto log = server.process->standard_error();
  for (const auto* told :
       {"api=http://localhost:8081 ", "http://localhost:8082/admin/actors?view=summary",
        "codes=", "scripts/demo.sh http://localhost:8081 http://localhost:8082"})
    CHECK_MESSAGE(says(log, told), log);
  const auto typed = server.folder.path() / "typed";
  REQUIRE(::mkfifo(typed.c_str(), 0600) == 0);
  running_walk walk(server.folder.path(), typed);
  {
    std::ofstream keyboard{typed}; // Waits until the script opens its input.
    keyboard << server.code_for("+8613800138000") << '\n';
  }
  const auto status = walk.wait();
  CHECK_MESSAGE(status == 0, content_of(server.folder.path() / "out"));
}

} // namespace tinybook::test
