"""What a visitor gets, in one word, told from the response and from what it wrote; and patterns of such words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from zlib import crc32

from django.db import connection, transaction
from django.urls import reverse

from tests.permissions.roles import ROLES, Cast
from tests.support.locks import OLDEST
from tests.support.markup import mistakes
from tests.support.shown import broken_in

OPEN = "open"  # a page, or a file
DONE = "done"  # something was written
ON = "on"  # sent to another address, nothing was written
AGAIN = "again"  # the form came back with what is wrong, nothing was written
SIGN_IN = "sign in"  # to the sign-in page of learners or of the admin
REFUSED = "refused"  # 403, or back to the admin's home
HIDDEN = "hidden"  # 404: as if it did not exist
METHOD = "method"  # 405

# Who may what is decided before a database is asked, and in the same way by all versions: elsewhere each address is
# walked once.
WHOLE = connection.vendor == "sqlite" and not OLDEST

# Whom the admin lets in, superusers apart, and all others.
INSIDE = ("editor", "operator")
OUTSIDE = [role for role in ROLES if role not in (*INSIDE, "superuser")]

Answers = Mapping[str, str]
# What the address is made with; a string is the address itself.
Arguments = Callable[[Cast], Sequence[Any]]

# Written on the way, by whoever may look: what was looked at, and not what is kept.
ASIDE = {
    "bdhvs_lms_signinsession",
    "wagtailadmin_editingsession",
    "wagtailadmin_formstate",  # what a preview shows
    "wagtailcore_pagesubscription",  # who opened the form is told of comments
    "wagtailimages_rendition",
    "wagtailusers_userprofile",
}
ACCESS_LOG = "bdhvs_lms_accesslog"
# Who was seen in a look: written with its row of the log, and with nothing else.
SEEN = {"bdhvs_lms_accessedpeople", "bdhvs_lms_accessedperson"}
_SAVEPOINT = re.compile(r'\s*(ROLLBACK\s+TO\s+)?SAVEPOINT\s+"?(\w+)', re.IGNORECASE)
_WRITE = re.compile(r'\s*(?:INSERT\s+(?:OR\s+\w+\s+)?INTO|UPDATE|DELETE\s+FROM)\s+"?(\w+)', re.IGNORECASE)


@dataclass(frozen=True)
class Probe:
    """One request, and what each role gets."""

    address: str
    what: str
    method: str
    arguments: Arguments
    answers: Answers
    data: Callable[[Cast], Mapping[str, Any]]
    query: str = ""
    people: bool = False
    """Shows learners by name: who opens it is in the access log, and nobody else."""

    def __str__(self) -> str:
        return f"{self.address} {self.method}{' ' if self.what else ''}{self.what}"

    def url(self, cast: Cast) -> str:
        arguments = self.arguments(cast)
        if isinstance(arguments, str):
            return arguments
        named = isinstance(arguments, Mapping)
        return reverse(self.address, **({"kwargs": arguments} if named else {"args": arguments})) + self.query

    def asked(self, cast: Cast) -> list[str]:
        """The roles to try. Before every page of the admin stands one gate of Wagtail's, and whom it lets in is asked
        at the home (`test_matrix.py`): one of all others, in turn, tells whether it stands there. A superuser is tried
        where no other role gets the same."""
        if not WHOLE:
            return [self.first()]
        if any(self.answers[role] != SIGN_IN for role in OUTSIDE) or not self._in_admin(cast):
            return list(ROLES)
        outsider = OUTSIDE[crc32(str(self).encode()) % len(OUTSIDE)]
        superuser = [] if self.answers["superuser"] in {self.answers[role] for role in INSIDE} else ["superuser"]
        return [outsider, *INSIDE, *superuser]

    def found(self, cast: Cast) -> dict[str, str]:
        """The answer of each role that is asked. What one role did is undone before the next comes. The first page
        that somebody gets is read as a browser reads it, once: what it would have to guess at is under "markup"."""
        found = {}
        seen = False
        for role in self.asked(cast):
            with transaction.atomic():
                client, url = cast.client(role), self.url(cast)
                data = self.data(cast)
                with tables_written() as written:
                    response = client.get(url) if self.method == "GET" else client.post(url, data)
                found[role] = self._word(url, response, written) + shown_badly(response)
                transaction.set_rollback(True)
            if WHOLE and not seen and (page := page_of(response)):
                seen = True
                if wrong := mistakes(page):
                    found["markup"] = "; ".join(wrong)
        return found

    def _in_admin(self, cast: Cast) -> bool:
        with transaction.atomic():
            url = self.url(cast)
            transaction.set_rollback(True)  # making it may write
        return url.startswith(reverse("wagtailadmin_home"))

    def first(self) -> str:
        """The role to walk every address with: the first that gets somewhere, or a learner, who is refused."""
        return next((role for role in ROLES if self.answers[role] in (OPEN, DONE, ON)), "learner")

    def differing(self, cast: Cast) -> dict[str, tuple[str, str]]:
        """Per role what it got and what the entry says, where they differ; under "markup" what is no HTML."""
        expected = {**self.answers, "markup": ""}
        return {role: (got, expected[role]) for role, got in self.found(cast).items() if got != expected[role]}

    def _word(self, url: str, response: Any, written: set[str]) -> str:
        logged = ACCESS_LOG in written
        changed = sorted(changed_in(written))
        word = word_of(url, response, bool(changed))
        if changed and word != DONE:
            return f"{word}, but wrote {', '.join(changed)}"
        if logged is not (self.people and word in (OPEN, DONE)):
            return f"{word}, and {'a' if logged else 'no'} look at people was logged"
        return word


@contextmanager
def tables_written() -> Iterator[set[str]]:
    """What was taken back to a savepoint was not written: /healthz tries whether a row can be."""
    written: set[str] = set()
    until: dict[str, set[str]] = {}

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if savepoint := _SAVEPOINT.match(sql):
            if savepoint[1]:
                written.intersection_update(until.get(savepoint[2], set()))
            else:
                until[savepoint[2]] = set(written)
        match = _WRITE.match(sql)
        if match:
            written.add(match.group(1))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield written


def changed_in(written: set[str]) -> set[str]:
    """Tables that hold something else than before, the trace of a look aside."""
    return written - ASIDE - ({ACCESS_LOG, *SEEN} if ACCESS_LOG in written else set())


def page_of(response: Any) -> str:
    """A whole page that somebody is meant to look at; "" for refusals, which every address words alike, and files."""
    html = response.get("Content-Type", "").startswith("text/html") and not response.streaming
    text = response.content.decode() if html and response.status_code in (200, 400, 409, 413, 422) else ""
    return text if "<html" in text else ""


def shown_badly(response: Any) -> str:
    """What is broken at a glance on the page that somebody got: a form may take what is sent and show nothing to choose
    from."""
    if response.streaming or response.status_code in (403, 404, 405) or "html" not in response.get("Content-Type", ""):
        return ""
    found = broken_in(response.content.decode())
    return f", but shows {', '.join(dict.fromkeys(found))}" if found else ""


def word_of(url: str, response: Any, wrote: bool) -> str:
    status = response.status_code
    if status in _STATUSES:
        return _STATUSES[status]
    if status in (301, 302, 303):
        target = urlsplit(response["Location"]).path
        if target in (reverse("bdhvs_lms:sign-in"), reverse("wagtailadmin_login")):
            return SIGN_IN
        if wrote:
            return DONE
        # Within the admin, who may not is sent home with a message; nothing else leads there that wrote nothing.
        home = reverse("wagtailadmin_home")
        return REFUSED if target == home and url.startswith(home) else ON
    if status == 200:
        return DONE if wrote else OPEN
    return str(status)


_STATUSES = {400: AGAIN, 403: REFUSED, 404: HIDDEN, 405: METHOD, 409: AGAIN, 413: AGAIN, 422: AGAIN}


# --- Patterns --------------------------------------------------------------------------------------------------------


def everyone(word: str, **others: str) -> Answers:
    return {role: others.get(role, word) for role in ROLES}


def staff(*, editor: str = REFUSED, operator: str = REFUSED, superuser: str) -> Answers:
    """In the admin: whoever has no access to it at all is asked to sign in as somebody else."""
    return everyone(SIGN_IN, editor=editor, operator=operator, superuser=superuser)


def editors(word: str, superuser: str | None = None) -> Answers:
    return staff(editor=word, superuser=superuser or word)


def operators(word: str, superuser: str | None = None) -> Answers:
    return staff(operator=word, superuser=superuser or word)


def admins(word: str) -> Answers:
    return staff(editor=word, operator=word, superuser=word)


# --- Entries ---------------------------------------------------------------------------------------------------------


def nothing(_cast: Cast) -> dict[str, Any]:
    return {}


def no_arguments(_cast: Cast) -> list[Any]:
    return []


def get(answers: Answers, arguments: Arguments = no_arguments, **more: Any) -> Probe:
    return Probe("", more.pop("what", ""), "GET", arguments, answers, nothing, **more)


def post(answers: Answers, arguments: Arguments = no_arguments, data: Any = nothing, **more: Any) -> Probe:
    return Probe("", more.pop("what", ""), "POST", arguments, answers, data, **more)


def both(
    get_answers: Answers, post_answers: Answers, arguments: Arguments = no_arguments, data: Any = nothing, **more: Any
) -> list[Probe]:
    """The usual form: what it shows, and what it does."""
    return [get(get_answers, arguments, **more), post(post_answers, arguments, data, **more)]
