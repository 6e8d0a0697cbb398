#include "tests/blackbox/page_browser.hpp"

#include <doctest/doctest.h>

#include <utility>

namespace tinybook::test {

namespace {

std::string unescaped(std::string text) {
  const std::pair<const char*, const char*> entities[] = {
      {"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&#39;", "'"}, {"&amp;", "&"}};
  for (const auto& [entity, sign] : entities)
    for (auto at = text.find(entity); at != std::string::npos; at = text.find(entity, at))
      text.replace(at++, std::string{entity}.size(), sign);
  return text;
}

std::string attribute_of(const std::string& tag, const std::string& name) {
  const auto begin = ' ' + name + "=\"";
  const auto at = tag.find(begin);
  if (at == std::string::npos)
    return "";
  const auto from = at + begin.size();
  return unescaped(tag.substr(from, tag.find('"', from) - from));
}

} // namespace

std::string shown_page::header(const std::string& name) const {
  const auto at = headers.find(name);
  return at == headers.end() ? "" : at->second;
}

std::vector<std::string> shown_page::all(const std::string& attribute) const {
  std::vector<std::string> out;
  const auto begin = ' ' + attribute + "=\"";
  for (auto at = html.find(begin); at != std::string::npos;
       at = html.find(begin, at + 1)) {
    const auto from = at + begin.size();
    out.push_back(unescaped(html.substr(from, html.find('"', from) - from)));
  }
  return out;
}

std::string shown_page::address(const std::string& rel) const {
  const auto at = html.find("rel=\"" + rel + '"');
  return at == std::string::npos ? "" : attribute_of(html.substr(at), "href");
}

page_form shown_page::form(const std::string& action) const {
  for (auto at = html.find("<form "); at != std::string::npos;
       at = html.find("<form ", at + 1)) {
    const auto part = html.substr(at, html.find("</form>", at) - at);
    const auto tag = part.substr(0, part.find('>'));
    if (attribute_of(tag, "action") != action)
      continue;
    page_form out{action, {}};
    for (auto from = part.find("<input "); from != std::string::npos;
         from = part.find("<input ", from + 1)) {
      const auto input = part.substr(from, part.find('>', from) - from);
      out.fields[attribute_of(input, "name")] = attribute_of(input, "value");
    }
    for (auto from = part.find("<textarea "); from != std::string::npos;
         from = part.find("<textarea ", from + 1)) {
      const auto open = part.find('>', from);
      auto text = part.substr(open + 1, part.find("</textarea>", open) - open - 1);
      if (text.starts_with('\n'))
        text.erase(0, 1); // As HTML wants it.
      out.fields[attribute_of(part.substr(from, open - from), "name")] = unescaped(text);
    }
    return out;
  }
  FAIL("no form " << action << " in " << html);
  return {};
}

page_browser::page_browser(int port)
    : http_(std::make_shared<httplib::Client>("127.0.0.1", port)) {
  http_->set_keep_alive(true);
  http_->set_tcp_nodelay(true);
  http_->set_read_timeout(30);
}

httplib::Headers page_browser::headers() const {
  auto out = more;
  out.emplace("Accept", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8");
  add_cookies(out, cookies);
  return out;
}

shown_page page_browser::get(const std::string& path) {
  return take(http_->Get(path, headers()), path);
}

shown_page page_browser::send(const shown_page& page, const std::string& action,
                              const std::map<std::string, std::string>& typed) {
  auto form = page.form(action);
  for (const auto& [name, value] : typed)
    form.fields[name] = value;
  return post(action, form.fields);
}

shown_page page_browser::post(const std::string& path,
                              const std::map<std::string, std::string>& fields) {
  httplib::Params params;
  for (const auto& [name, value] : fields)
    params.emplace(name, value);
  return take(http_->Post(path, headers(), params), path);
}

shown_page page_browser::take(const httplib::Result& result, const std::string& path) {
  shown_page out;
  out.path = path;
  REQUIRE_MESSAGE(result, "no answer at " << path);
  out.status = result->status;
  out.html = result->body;
  out.headers = result->headers;
  keep_cookies(cookies, out.headers);
  if (out.status == 303)
    return get(out.header("Location"));
  return out;
}

} // namespace tinybook::test
