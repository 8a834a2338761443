"""One readable sentence for a statement. People stay opaque in it: it is read over shoulders."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from typing import Any

from django.utils.formats import number_format
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from bdhvs_lms.tracking import iris
from bdhvs_lms.tracking.vocabulary import (
    TYPE_SESSION,
    VERB_ANSWERED,
    VERB_ATTENDED,
    VERB_COMPLETED,
    VERB_CONFIRMED,
    VERB_EXPERIENCED,
    VERB_FAILED,
    VERB_INITIALIZED,
    VERB_MASTERED,
    VERB_NAMES,
    VERB_PASSED,
    VERB_VOIDED,
)
from bdhvs_lms.tracking.withdrawing import SYSTEM
from bdhvs_xapi import api as xapi

# %(what)s comes in quotation marks where it has a name.
_SENTENCES = {
    VERB_INITIALIZED: gettext_lazy("%(who)s started %(what)s"),
    VERB_EXPERIENCED: gettext_lazy("%(who)s read %(what)s"),
    VERB_ANSWERED: gettext_lazy("%(who)s answered %(what)s"),
    VERB_COMPLETED: gettext_lazy("%(who)s completed %(what)s"),
    VERB_PASSED: gettext_lazy("%(who)s passed %(what)s"),
    VERB_FAILED: gettext_lazy("%(who)s did not pass %(what)s"),
    VERB_ATTENDED: gettext_lazy("%(who)s attended %(what)s"),
    VERB_MASTERED: gettext_lazy("%(who)s achieved the competency %(what)s"),
    VERB_CONFIRMED: gettext_lazy("the competency %(what)s of %(who)s was confirmed"),
    VERB_VOIDED: gettext_lazy("%(who)s voided %(what)s"),
}
# The rest of ADL's verbs, which statements of other programs have.
FOREIGN_VERBS = {
    xapi.Verb.ASKED: gettext_lazy("asked"),
    xapi.Verb.ATTEMPTED: gettext_lazy("attempted"),
    xapi.Verb.COMMENTED: gettext_lazy("commented on"),
    xapi.Verb.EXITED: gettext_lazy("left"),
    xapi.Verb.IMPORTED: gettext_lazy("imported"),
    xapi.Verb.INTERACTED: gettext_lazy("interacted with"),
    xapi.Verb.LAUNCHED: gettext_lazy("launched"),
    xapi.Verb.PREFERRED: gettext_lazy("preferred"),
    xapi.Verb.PROGRESSED: gettext_lazy("progressed in"),
    xapi.Verb.REGISTERED: gettext_lazy("registered for"),
    xapi.Verb.RESPONDED: gettext_lazy("responded to"),
    xapi.Verb.RESUMED: gettext_lazy("resumed"),
    xapi.Verb.SCORED: gettext_lazy("scored in"),
    xapi.Verb.SHARED: gettext_lazy("shared"),
    xapi.Verb.SUSPENDED: gettext_lazy("suspended"),
    xapi.Verb.TERMINATED: gettext_lazy("ended"),
}
_LONGEST = 120
_DIGITS = 15


def in_language(words: Any) -> tuple[str, str]:
    """Return (text, language) of a language map in the page's language, else Vietnamese, English, or
    whatever there is."""
    if not isinstance(words, dict) or not words:
        return "", ""
    active = (get_language() or "vi").split("-")[0]
    for wanted in (active, "vi", "en"):
        for language, text in words.items():
            if language.split("-")[0].lower() == wanted:
                return str(text), language
    language, text = next(iter(words.items()))
    return str(text), language


def verb_word(verb: Any) -> str:
    """Return the word of a verb: our own for those that we know, else the statement's, else the end of its IRI."""
    iri = verb["id"]
    if iri in FOREIGN_VERBS:
        return str(FOREIGN_VERBS[iri])
    text, _language = in_language(VERB_NAMES.get(iri) or verb.get("display"))
    return text or _end(iri)


def short(text: str) -> str:
    """Return eight letters that stand for a person; they tell neither account name nor address."""
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def who(actor_key: str, verb: str = "") -> str:
    """Name the actor without a name: by the beginning of our own opaque UUID, or a digest of another
    store's identifier."""
    ours = iris.actor_uuid(actor_key)
    if ours is None and actor_key == xapi.account_key(iris.home_page(), SYSTEM):
        return str(_("The system"))
    if ours is None:
        return str(_("Person %(id)s from another system") % {"id": short(actor_key)})
    if verb == VERB_VOIDED:
        return str(_("Member of staff %(id)s") % {"id": str(ours)[:8]})
    return str(_("Learner %(id)s") % {"id": str(ours)[:8]})


def what(target: Any) -> SafeString:
    """Return the object's name, marked with its own language."""
    kind = target.get("objectType", "Activity")
    if kind == "StatementRef":
        return format_html("{}", _("statement %(id)s") % {"id": str(target["id"])[:8]})
    if kind == "Activity":
        text, language = in_language(target.get("definition", {}).get("name"))
        if text:
            return format_html('<span lang="{}">“{}”</span>', language, Truncator(text).chars(_LONGEST))
        if target.get("definition", {}).get("type") == TYPE_SESSION:
            return format_html("{}", _("a class session"))
        return format_html("<span lang>“{}”</span>", Truncator(_end(target["id"])).chars(_LONGEST))
    # An Agent, a Group or a plan of somebody's: named by nobody here.
    return format_html("{}", _("a person or group") if kind in ("Agent", "Group") else _("a plan"))


def _end(iri: str) -> str:
    return iri.rstrip("/").rsplit("/", 1)[-1].rsplit(":", 1)[-1] or iri


def _number(value: Any) -> str:
    """Write a number as the language does; a foreign statement may hold one of any length."""
    plain = f"{Decimal(str(value)).normalize():f}"
    return str(number_format(Decimal(plain), use_l10n=True)) if len(plain) <= _DIGITS else f"{Decimal(plain):.6g}"


def _outcome(statement: Any) -> str:
    """Say the result: points, a share, right or wrong; empty for none."""
    result = statement.get("result", {})
    score = result.get("score", {})
    if "raw" in score and "max" in score:
        return f"{_number(score['raw'])}/{_number(score['max'])}"
    if statement["verb"]["id"] == VERB_ANSWERED and "success" in result:
        return str(_("correct") if result["success"] else _("incorrect"))
    if "scaled" in score:
        return f"{_number(round(Decimal(str(score['scaled'])) * 100, 1))} %"
    return ""


def sentence(fact: xapi.Fact) -> SafeString:
    """Return 'Learner 6aa3399c passed “Final quiz”: 8/10', escaped, in the page's language."""
    statement = fact.statement
    form = _SENTENCES.get(fact.verb)
    person = conditional_escape(who(fact.actor_key, fact.verb))
    if form is None:
        sentence = format_html("{}: {} {}", person, verb_word(statement["verb"]), what(statement["object"]))
    else:
        # Both values are escaped above; the frame is ours.
        sentence = mark_safe(str(form) % {"who": person, "what": what(statement["object"])})  # noqa: S308
    outcome = _outcome(statement)
    return format_html("{}: {}", sentence, outcome) if outcome else sentence
