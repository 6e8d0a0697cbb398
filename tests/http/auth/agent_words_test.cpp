#include "http/auth/agent_words.hpp"

#include <doctest/doctest.h>

#include <rapidcheck.h>

namespace tinybook::test {

using http::agent_in_words;

TEST_CASE("browsers are told as people know them") {
  struct seen {
    const char* header;
    const char* words;
  };
  for (const auto& one : std::initializer_list<seen>{
           {"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 "
            "Firefox/128.0",
            "Firefox, Windows"},
           {"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, "
            "like "
            "Gecko) Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0",
            "Edge, macOS"},
           {"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 "
            "(KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
            "Safari, iPhone"},
           {"Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like "
            "Gecko) "
            "Chrome/126.0.0.0 Mobile Safari/537.36",
            "Chrome, Android"},
           {"Mozilla/5.0 (Linux; Android 13; wv) AppleWebKit/537.36 Chrome/107.0 Mobile "
            "Safari/537.36 MicroMessenger/8.0.49",
            "WeChat, Android"},
           {"curl/8.1.2", "curl"},
           {"okhttp/4.12.0", "okhttp"},
           {"Mozilla/5.0", ""},
           {"", ""},
           {"<script>alert(1)</script>", ""},
           {"averyveryverylongnameofaprogramthatnobodyknows/1", ""}})
    CHECK_MESSAGE(agent_in_words(one.header) == one.words, one.header);
}

TEST_CASE("whatever a header says, the words are short and plain") {
  CHECK(rc::check("plain", [](const std::string& header) {
    const auto words = agent_in_words(header);
    RC_ASSERT(words.size() <= 40);
    for (const char c : words)
      RC_ASSERT(c >= ' ' && c < 0x7f && c != '<' && c != '"');
  }));
}

} // namespace tinybook::test
