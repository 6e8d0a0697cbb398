#include "http/pages/page_renderer.hpp"

#include "actors/articles/html_text.hpp"
#include "http/pages/page_files.hpp"

#include <stdexcept>

namespace tinybook::http {

namespace {

constexpr std::string_view templates_folder = "templates/";
constexpr std::string_view static_folder = "static/";
constexpr std::string_view template_end = ".mustache";

std::string_view page_file_content(std::string_view name) {
  for (const auto& file : page_files())
    if (file.name == name)
      return file.content;
  throw std::runtime_error("no page file " + std::string{name});
}

/// With the files of `{{> name}}` in their places. The library would read them anew each
/// time.
std::string with_partials(std::string_view text) {
  constexpr std::string_view begin = "{{> ";
  std::string out;
  for (auto at = text.find(begin); at != text.npos; at = text.find(begin)) {
    const auto end = text.find("}}", at);
    const auto name = text.substr(at + begin.size(), end - at - begin.size());
    out += text.substr(0, at);
    out += with_partials(page_file_content(
        std::string{templates_folder}.append(name).append(template_end)));
    text.remove_prefix(end + 2);
  }
  return out.append(text);
}

struct appender {
  std::string& out;
  appender& operator<<(const std::string& part) {
    out += part;
    return *this;
  }
};

std::string_view content_type_of(std::string_view name) {
  if (name.ends_with(".css"))
    return "text/css; charset=utf-8";
  if (name.ends_with(".js"))
    return "text/javascript; charset=utf-8";
  return "image/svg+xml";
}

} // namespace

page_renderer::page_renderer() : texts_(page_file_content("texts.toml")) {
  for (auto [name, content] : page_files()) {
    if (name.starts_with(templates_folder)) {
      name.remove_prefix(templates_folder.size());
      name.remove_suffix(template_end.size());
      auto parsed = std::make_unique<kainjow::mustache::mustache>(with_partials(content));
      if (!parsed->is_valid())
        throw std::runtime_error(std::string{name} + ": " + parsed->error_message());
      parsed->set_custom_escape(
          [](const std::string& text) { return escape_html(text); });
      templates_.emplace(name, std::move(parsed));
    } else if (name.starts_with(static_folder)) {
      name.remove_prefix(static_folder.size());
      zipped_text zipped(std::string{content}, 9);
      auto path = "/static/" + zipped.hash + '/' + std::string{name};
      urls_.set(std::string{name.substr(0, name.find('.'))} + "_url", path);
      files_.emplace(
          name, static_file{std::move(path), content_type_of(name), std::move(zipped)});
    }
  }
}

std::string page_renderer::render(std::string_view name, language lang,
                                  const page_data& data) const {
  const auto found = templates_.find(name);
  if (found == templates_.end())
    throw std::runtime_error("no template " + std::string{name});
  kainjow::mustache::context<std::string> context(&texts_.all(lang));
  context.push(&urls_);
  context.push(&data);
  std::string out;
  out.reserve(std::size_t{16} * 1024);
  // Not const in the library, for lambdas and partials may fail; we have neither.
  appender to{out};
  found->second->render(context, to);
  return out;
}

const static_file* page_renderer::find(std::string_view name) const {
  const auto found = files_.find(name);
  return found != files_.end() ? &found->second : nullptr;
}

} // namespace tinybook::http
