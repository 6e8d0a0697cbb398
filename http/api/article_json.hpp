#pragma once

#include "http/api/json_writer.hpp"
#include "http/api/schema.hpp"
#include "storage/article_store.hpp"

#include <cstdint>

namespace tinybook::http {

/// What a list item of the author's own articles holds; public lists name the author,
/// too.
enum class list_kind : std::uint8_t { own, published };

void write_list(json_writer& w, const storage::article_list& list, list_kind kind);
void write_detail(json_writer& w, const storage::article_detail& article);

namespace article_shapes {

inline constexpr schema id = schema::id(1);
inline constexpr schema title = schema::text("First light");
inline constexpr schema abstract =
    schema::text("The harbour at six.").says("Plain text with & < > \" ' escaped.");
inline constexpr schema status = [] {
  auto made = schema::id(2).says("1 draft, 2 published, 3 withdrawn.");
  made.max = 3;
  return made;
}();
inline constexpr schema author = schema::text("Ann");
inline constexpr schema time = schema::time("2026-11-28T08:51:48.849Z");

inline constexpr schema down =
    schema::flag(false).says("By an operator: nobody but its author sees it.");

inline constexpr schema_member of_own[] = {
    {"id", id},          {"title", title}, {"abstract", abstract}, {"status", status},
    {"takenDown", down}, {"ctime", time},  {"utime", time}};
inline constexpr schema_member of_published[] = {
    {"id", id},       {"title", title},       {"abstract", abstract}, {"status", status},
    {"authorId", id}, {"authorName", author}, {"ctime", time},        {"utime", time}};
inline constexpr schema_member of_whole[] = {
    {"id", id},
    {"title", title},
    {"content", schema::text("<p>The harbour at six.</p>")
                    .says("HTML, cleaned, to be put into a page as it is.")},
    {"status", status},
    {"authorId", id},
    {"authorName", author},
    {"readCnt", schema::count(12)},
    {"likeCnt", schema::count(1)},
    {"collectCnt", schema::count(0)},
    {"liked", schema::flag(true)},
    {"collected", schema::flag(false)},
    {"takenDown", down},
    {"ctime", time},
    {"utime", time}};
inline constexpr schema own_item = schema::object(of_own).named("OwnArticle");
inline constexpr schema published_item =
    schema::object(of_published).named("PublicArticle");

} // namespace article_shapes

// What these write.
inline constexpr schema own_articles_schema =
    schema::list(article_shapes::own_item).named("OwnArticles");
inline constexpr schema public_articles_schema =
    schema::list(article_shapes::published_item).named("PublicArticles");
inline constexpr schema article_schema =
    schema::object(article_shapes::of_whole).named("Article");

} // namespace tinybook::http
