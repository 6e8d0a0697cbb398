#include "bench/delivery/picture.hpp"

#include <cstdarg>
#include <cstdio>

namespace tinybook::bench {

namespace {

[[gnu::format(printf, 1, 2)]] std::string text(const char* format, ...) {
  std::string out(256, '\0');
  std::va_list values;
  va_start(values, format);
  const auto length = std::vsnprintf(out.data(), out.size(), format, values);
  va_end(values);
  out.resize(static_cast<std::size_t>(length));
  return out;
}

std::string seconds_or_dash(const std::optional<double>& value) {
  return value ? text("%.1f s", *value) : "–";
}

constexpr int bar = 13;
constexpr int gap = 22;
constexpr int left = 46;
constexpr int top = 54;
constexpr int height = 220;

} // namespace

std::string table_of(const std::vector<contestant>& all) {
  std::string out = "| first provider | policy | within 2 s | within 10 s | before "
                    "expiry | extra copies "
                    "per 100 | wasted calls | notices after | returns after |\n"
                    "|---|---|--:|--:|--:|--:|--:|--:|--:|\n";
  for (std::size_t s = 0; s < scenarios().size(); ++s)
    for (const auto& c : all) {
      const auto& r = c.scores[s];
      out += text("| %s | %s | %.1f %% | %.1f %% | %.1f %% | %.1f | %.0f | ",
                  scenarios()[s].name, c.name.c_str(), 100 * r.in_two_seconds,
                  100 * r.in_ten_seconds, 100 * r.before_expiry, r.extra_copies,
                  r.wasted_calls)
             + seconds_or_dash(r.notice_s) + " | " + seconds_or_dash(r.return_s) + " |\n";
    }
  return out;
}

std::string picture_of(const std::vector<contestant>& all) {
  const int group = static_cast<int>(all.size()) * bar + gap;
  const int width = left + static_cast<int>(scenarios().size()) * group + 10;
  auto out = text("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" "
                  "font-family=\"sans-serif\" font-size=\"11\">\n",
                  width, top + height + 30);
  out += text("<rect width=\"%d\" height=\"%d\" fill=\"white\"/>\n", width,
              top + height + 30);
  out +=
      text("<text x=\"%d\" y=\"16\" font-size=\"13\">Codes delivered within 10 s while "
           "the first provider is in trouble</text>\n",
           left);
  int x = left;
  for (const auto& c : all) {
    out += text("<rect x=\"%d\" y=\"26\" width=\"10\" height=\"10\" fill=\"%s\"/>", x,
                c.colour.c_str());
    out += text("<text x=\"%d\" y=\"35\">%s</text>\n", x + 14, c.name.c_str());
    x += 30 + 7 * static_cast<int>(c.name.size());
  }
  for (int percent = 0; percent <= 100; percent += 25) {
    const int y = top + height - height * percent / 100;
    out += text("<line x1=\"%d\" x2=\"%d\" y1=\"%d\" y2=\"%d\" stroke=\"#ddd\"/>", left,
                width - 10, y, y);
    out += text("<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%d %%</text>\n", left - 4,
                y + 4, percent);
  }
  for (std::size_t s = 0; s < scenarios().size(); ++s) {
    const int begin = left + gap / 2 + static_cast<int>(s) * group;
    for (std::size_t c = 0; c < all.size(); ++c) {
      const auto share = all[c].scores[s].in_ten_seconds;
      const double tall = height * share;
      out += text("<rect x=\"%d\" y=\"%.1f\" width=\"%d\" height=\"%.1f\" fill=\"%s\">"
                  "<title>%s: %.1f %%</title></rect>\n",
                  begin + static_cast<int>(c) * bar, top + height - tall, bar - 2, tall,
                  all[c].colour.c_str(), all[c].name.c_str(), 100 * share);
    }
    out += text("<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s</text>\n",
                begin + static_cast<int>(all.size()) * bar / 2, top + height + 18,
                scenarios()[s].name);
  }
  return out + "</svg>\n";
}

} // namespace tinybook::bench
