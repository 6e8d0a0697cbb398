#include "tests/http/server/test_server.hpp"

#include "http/api/error_texts.hpp"

#include <stdexcept>

namespace tinybook::http {

namespace {

httplib::Response render(errc code) {
  httplib::Response answer;
  answer.status = http_status(code);
  answer.set_content("{\"error\":\"" + std::string{describe(code).name} + "\"}",
                     "application/json; charset=utf-8");
  if (answer.status == 503)
    answer.headers.emplace("Retry-After", "1");
  return answer;
}

std::string account_of(const httplib::Request& request) {
  std::string text = request.method + ' ' + request.path + '\n';
  for (const auto& [name, value] : request.params)
    text += "? " + name + '=' + value + '\n';
  for (const auto& [name, value] : request.headers)
    text += name + ": " + value + '\n';
  return text + "from " + request.remote_addr + '\n' + request.body;
}

} // namespace

test_server::test_server(server_options options) : engine(std::move(options), hooks()) {
  auto started = engine.start();
  if (!started)
    throw std::runtime_error(started.error().detail);
  port_ = *started;
}

server_hooks test_server::hooks() {
  server_hooks given;
  given.begin = [this](exchange& of) {
    return answering{"test", no_deadline, answer(&of)};
  };
  given.max_body_bytes =
      [most = default_options().max_body_bytes](std::string_view, std::string_view path) {
        return path == "/article" ? article_body_bytes : most;
      };
  given.render_error = [this](errc code, const httplib::Request& request) {
    std::lock_guard lock(mutex);
    refused.push_back(request.method + ' ' + request.path);
    return render(code);
  };
  given.judge_head =
      [](const httplib::Request& head) -> std::optional<httplib::Response> {
    if (head.path != "/token" || head.has_header("Authorization"))
      return std::nullopt;
    return render(errc::login_required);
  };
  given.is_balancer = [this](std::string_view) {
    return trusts_peers.load();
  };
  given.on_exception = [this](std::string_view path, std::string_view what) {
    std::lock_guard lock(mutex);
    thrown.push_back(std::string{path} + ": " + std::string{what});
  };
  return given;
}

task<result<done>> test_server::answer(exchange* of) {
  const auto& path = of->request->path;
  if (path == "/gate")
    (void)co_await blocked.pass();
  if (path == "/spin")
    (void)co_await blocked.spin();
  if (path == "/throw")
    throw std::runtime_error("secret reason");
  if (path == "/404")
    of->response.status = 404;
  if (path.starts_with("/parts"))
    of->rest = [this, path, made = 0]() mutable {
      return part(path, ++made);
    };
  of->response.set_content(path == "/fast/big" ? std::string(big_answer_bytes, 'x')
                                               : account_of(*of->request),
                           "text/plain");
  co_return done{};
}

task<result<std::string>> test_server::part(std::string path, int number) {
  ++parts_made;
  if (path == "/parts/later")
    (void)co_await pause(std::chrono::milliseconds{1});
  if (path == "/parts/failing" && number == 3)
    co_return errc::unavailable;
  if (path == "/parts/throwing" && number == 3)
    throw std::runtime_error("secret reason");
  if (path != "/parts/endless" && number > parts)
    co_return std::string{};
  co_return std::string(part_bytes, static_cast<char>('a' + number % 26));
}

std::string get(std::string_view path) {
  return "GET " + std::string{path} + " HTTP/1.1\r\nHost: here\r\n\r\n";
}

std::string post(std::string_view path, std::string_view body,
                 std::string_view content_type) {
  return "POST " + std::string{path} + " HTTP/1.1\r\nHost: here\r\nContent-Type: "
         + std::string{content_type} + "\r\nContent-Length: "
         + std::to_string(body.size()) + "\r\n\r\n" + std::string{body};
}

} // namespace tinybook::http
