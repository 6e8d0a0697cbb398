"""Uses what openapi-generator made of the document: generated_client.py ADDRESS"""

import sys

import openapi_client as made

api = made.ApiClient(made.Configuration(host=sys.argv[1]))
who = {"email": "generated@example.org", "password": "correct horse"}

signed_up = made.AccountsApi(api).sign_up(
    made.SignUpRequest(**who, confirmPassword=who["password"])
)
assert signed_up.code == 0 and signed_up.data.user_id > 0

logged_in = made.SessionsApi(api).log_in_with_http_info(made.LogInRequest(**who))
assert logged_in.data.data is None
api.configuration.access_token = logged_in.headers["X-Jwt-Token"]
profile = made.AccountsApi(api).get_profile()
assert (profile.email, profile.birthday) == (who["email"], "")

article = made.ArticlesApi(api).publish_article(
    made.PublishArticleRequest(title="First light", content="<p>Six.</p>")
)
read = made.ReadingApi(api).read_article(article.data)
assert read.data.title == "First light" and read.data.status == 2
page = made.ReadingApi(api).list_newest_articles(limit=1)
assert page.data.items[0].id == article.data and page.data.next is None

try:
    made.ReadingApi(api).read_article(999)
except made.exceptions.NotFoundException as refused:
    assert refused.data.error == "article_not_found" and refused.data.fields == []
else:
    raise AssertionError("an article that is not there was read")
