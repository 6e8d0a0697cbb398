#include "actors/articles/article_cleaner.hpp"
#include "actors/articles/articles.hpp"
#include "actors/wiring/children.hpp"
#include "actors/wiring/configs.hpp"

namespace tinybook {

void define_cleaner(actor_tree& tree, const children& c, const config::settings& s) {
  tree.define<article_cleaner_state>(
      c.cleaner, worker_pool_config{s.articles.cleaner_queue, s.http.deadline},
      declare_workers(tree, "article-cleaner", "cleaner worker", c.cleaner,
                      s.articles.cleaners, s.http.deadline),
      pool_workers<article_cleaner_actor, cleaning_worker_state>(html_limits{}));
}

void define_articles(actor_tree& tree, const children& c, const config::settings& s,
                     const outside_world& out) {
  tree.define<articles_state>(c.articles, articles_from(s),
                              store_address<writing_store_actor>{c.store(s)}, c.cleaner,
                              c.login_limiter.value_or(c.limiter), out.clock);
}

} // namespace tinybook
