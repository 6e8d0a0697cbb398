#include <CLI/CLI.hpp>
#include <httplib.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <vector>

/// How long a like on one replica takes until another one shows it: in its local copy,
/// which is what people are served, and in the board store.

namespace {

using clock_type = std::chrono::steady_clock;
using nlohmann::json;

struct options {
  int likes_port = 0;
  int shows_port = 0;
  int likes = 100;
  std::string token;
  std::int64_t article = 0;
};

std::int64_t shown_likes(httplib::Client& from, const std::string& path,
                         std::int64_t article) {
  const auto answer = from.Get(path);
  if (!answer || answer->status != 200)
    return -1;
  const auto body = json::parse(answer->body);
  for (const auto& row : body["data"]["items"])
    if (row["id"] == article)
      return row["likeCnt"];
  return 0;
}

double wait_for(httplib::Client& from, const std::string& path, std::int64_t article,
                std::int64_t likes, clock_type::time_point since) {
  while (shown_likes(from, path, article) != likes)
    if (clock_type::now() - since > std::chrono::seconds{20})
      throw std::runtime_error("a like is not shown after 20 s");
  return std::chrono::duration<double, std::milli>(clock_type::now() - since).count();
}

void print(const char* what, std::vector<double> ms) {
  std::ranges::sort(ms);
  const auto at = [&ms](double share) {
    return ms[static_cast<std::size_t>(share * static_cast<double>(ms.size() - 1))];
  };
  std::printf("%s %.1f %.1f\n", what, at(0.5), at(0.99));
}

void run(const options& o) {
  httplib::Client likes("127.0.0.1", o.likes_port);
  httplib::Client shows("127.0.0.1", o.shows_port);
  for (auto* client : {&likes, &shows}) {
    client->set_keep_alive(true);
    client->set_tcp_nodelay(true);
  }
  const httplib::Headers token{{"Authorization", "Bearer " + o.token}};
  const auto id = std::to_string(o.article);
  std::vector<double> in_store;
  std::vector<double> in_copy;
  for (int i = 0; i < o.likes; ++i) {
    const json body{{"id", o.article}, {"like", i % 2 == 0}};
    const auto begin = clock_type::now();
    const auto answer =
        likes.Post("/articles/like", token, body.dump(), "application/json");
    if (!answer || answer->status != 200)
      throw std::runtime_error("a like was refused");
    const std::int64_t count = json::parse(answer->body)["data"]["likeCnt"];
    in_store.push_back(wait_for(shows, "/articles/rank/of/" + id + "?neighbours=0",
                                o.article, count, begin));
    in_copy.push_back(wait_for(shows, "/articles/rank/100", o.article, count, begin));
  }
  print("store", in_store);
  print("copy", in_copy);
}

} // namespace

int main(int argc, char** argv) {
  options o;
  CLI::App app{"Likes an article on one replica and waits until another one shows it; "
               "prints p50 and p99 in ms for the board store and for the local copy."};
  app.add_option("--likes-port", o.likes_port, "The replica that takes the likes")
      ->required();
  app.add_option("--shows-port", o.shows_port, "The replica that is watched")->required();
  app.add_option("--token", o.token, "Of who likes")->required();
  app.add_option("--article", o.article, "With at least one like of somebody else")
      ->required();
  app.add_option("--likes", o.likes, "How many");
  CLI11_PARSE(app, argc, argv);
  try {
    run(o);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "error: %s\n", e.what());
    return 1;
  }
}
