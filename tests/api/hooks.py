"""What schemathesis needs to know of tinybook beside the document: how to log in.

At the end the operations that never succeeded are printed
into the file NEVER_SUCCEEDED: a check that never saw a success has checked little.
"""

import atexit
import itertools
import os

import requests
import schemathesis

BASE = os.environ["TINYBOOK_ADDRESS"]
PASSWORD = {"password": "correct horse"}
ANN = {"email": "ann@example.org", **PASSWORD}
# They end their session or change whom a phone or a password belongs to.
NEEDS_SOMEBODY_NEW = {"logOut", "logOutByGet", "changePassword", "refreshTokens", "bindPhone"}
numbers = itertools.count()


def post(path, body):
    answer = requests.post(BASE + path, json=body, timeout=10)
    answer.raise_for_status()
    return answer.headers


def somebody_new():
    who = {"email": f"guest{next(numbers)}@example.org", **PASSWORD}
    post("/users/signup", {**who, "confirmPassword": who["password"]})
    return post("/users/login", who)


def operation_of(case):
    return case.operation.definition.raw["operationId"]


@schemathesis.auth(refresh_interval=None)
class Tokens:
    ann = None

    def get(self, case, context):
        name = operation_of(case)
        if name in NEEDS_SOMEBODY_NEW:
            return somebody_new()["X-Refresh-Token" if name == "refreshTokens" else "X-Jwt-Token"]
        Tokens.ann = Tokens.ann or post("/users/login", ANN)
        return Tokens.ann["X-Jwt-Token"]

    def set(self, case, token, context):
        case.headers["Authorization"] = f"Bearer {token}"


called, succeeded = set(), set()


@schemathesis.hook
def after_call(context, case, response):
    name = operation_of(case)
    called.add(name)
    if response.status_code == 200:
        succeeded.add(name)


@atexit.register
def tell():
    with open(os.environ["NEVER_SUCCEEDED"], "w") as out:
        out.writelines(f"{name}\n" for name in sorted(called - succeeded))
