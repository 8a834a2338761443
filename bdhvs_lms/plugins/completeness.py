"""Checks that a class supplies what its extension point asks for: at registration, before there are tables."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, get_type_hints

from django.db.models import Model
from django.utils.functional import Promise

from bdhvs_lms.plugins.bases import (
    ActivityType,
    PersonalData,
    QuestionType,
    SignInMethod,
    SpeechEngine,
)
from question_files.base import QuestionFormat
from question_files.language import Lazy

# As long as the columns that keep it: Activity.type_key, and type_key of a question bank.
MAX_KEY = 60
_KEY = re.compile(r"[A-Za-z_][\w-]*(\.[A-Za-z_][\w-]*)*", re.ASCII)
# Scheme and something after it (RFC 3987): xAPI asks for an absolute IRI.
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+", re.ASCII)
_SUFFIX = re.compile(r"(\.[a-z0-9]{1,10}){1,2}")
_CONTENT_TYPE = re.compile(r"[a-z]+/[a-z0-9][a-z0-9.+-]*(; charset=utf-8)?")

DONE_ON = ("completed", "passed")
FEATURES = frozenset({"graded", "attempts", "presence"})


def _filled(value: Any) -> bool:
    return isinstance(value, str | Promise | Lazy) and bool(value)


def _is_iri(value: Any) -> bool:
    return isinstance(value, str) and _IRI.fullmatch(value) is not None


def _is_label(value: Any) -> bool:
    return isinstance(value, str) and value.count(".") == 1 and all(value.split("."))


# Attribute to (what holds when it is right, what it has to be).
Rule = tuple[Callable[[Any], bool], str]

_TEMPLATE: Rule = (lambda value: isinstance(value, str) and bool(value), "a template's name")
_STATIC: Rule = (
    lambda value: isinstance(value, tuple) and all(isinstance(one, str) and one for one in value),
    "a tuple of names of static files",
)
_KEY_RULE: Rule = (
    lambda value: isinstance(value, str) and len(value) <= MAX_KEY and _KEY.fullmatch(value) is not None,
    f"dotted words of ASCII letters, digits, _ and -, at most {MAX_KEY} characters",
)
_LABEL: Rule = (_filled, "a text that says something")

_RULES: dict[type[Any], dict[str, Rule]] = {
    ActivityType: {
        "key": _KEY_RULE,
        "label": _LABEL,
        "icon": _LABEL,
        "activity_iri": (_is_iri, "an absolute IRI"),
        "records": (
            lambda value: isinstance(value, frozenset) and bool(value) and all(map(_is_iri, value)),
            "a frozenset of verb IRIs, at least one",
        ),
        "done_on": (lambda value: value in DONE_ON, "'completed' or 'passed'"),
        "features": (
            lambda value: isinstance(value, frozenset) and value <= FEATURES,
            f"a frozenset out of {', '.join(sorted(FEATURES))}",
        ),
        "not_begun_label": _LABEL,
    },
    QuestionType: {
        "key": _KEY_RULE,
        "label": _LABEL,
        "icon": _LABEL,
        "model": (lambda value: isinstance(value, type) and issubclass(value, Model), "a Django model"),
        "template": _TEMPLATE,
        "review_template": _TEMPLATE,
        "print_template": _TEMPLATE,
        "scripts": _STATIC,
        "styles": _STATIC,
    },
    QuestionFormat: {
        "key": _KEY_RULE,
        "label": _LABEL,
        "suffix": (
            lambda value: isinstance(value, str) and _SUFFIX.fullmatch(value) is not None,
            "a dot and 1 to 10 small letters or digits",
        ),
        "content_type": (
            lambda value: isinstance(value, str) and _CONTENT_TYPE.fullmatch(value) is not None,
            "a media type such as 'text/plain'",
        ),
        "kinds": (lambda value: isinstance(value, frozenset) and bool(value), "a frozenset of kinds, at least one"),
    },
    PersonalData: {
        "key": _KEY_RULE,
        "models": (
            lambda value: isinstance(value, tuple) and bool(value) and all(map(_is_label, value)),
            "a tuple of 'app_label.Model', at least one",
        ),
        "kept": (
            lambda value: isinstance(value, Mapping) and all(map(_filled, value.values())),
            "a mapping of 'app_label.Model' to the reason",
        ),
    },
    SignInMethod: {
        "key": _KEY_RULE,
        "label": _LABEL,
        "hint": _LABEL,
        "icon": _TEMPLATE,
        "view_name": (lambda value: isinstance(value, str) and ":" in value, "'namespace:name' of an address"),
        "identity_kind": (lambda value: isinstance(value, str) and bool(value), "a kind of LearnerIdentity"),
        "account": (lambda value: isinstance(value, bool), "True or False"),
    },
    SpeechEngine: {
        "key": _KEY_RULE,
        "label": _LABEL,
        "version": (lambda value: isinstance(value, str) and 0 < len(value) <= 40, "a text of 1 to 40 characters"),
        "languages": (
            lambda value: isinstance(value, frozenset) and bool(value) and all(map(_filled, value)),
            "a frozenset of language codes, at least one",
        ),
        "quick": (lambda value: isinstance(value, bool), "True or False"),
    },
}


def _half_offered(kind: Any) -> bool:
    """Tell whether there is an address for teachers without words for its button, or words without an address."""
    pairs = ((kind.class_view, kind.class_label), (kind.attempt_view, kind.attempt_label))
    return any(bool(view) != _filled(label) for view, label in pairs)


def faults(base: type[Any], implementation: Any) -> list[str]:
    """List what is wrong with a class that was handed over as an implementation of `base`, one phrase
    each; [] for none."""
    if not (isinstance(implementation, type) and issubclass(implementation, base)):
        return [f"is no {base.__name__}, derive it from that"]
    missing = set(getattr(implementation, "__abstractmethods__", ()))
    missing |= {name for name in get_type_hints(base) if not hasattr(implementation, name)}
    found = [f"lacks {', '.join(sorted(missing))}"] if missing else []
    for name, (holds, wanted) in _RULES.get(base, {}).items():
        if name not in missing and not holds(getattr(implementation, name)):
            found.append(f"{name} has to be {wanted}, and is {getattr(implementation, name)!r}")
    if base is ActivityType and not found and _half_offered(implementation):
        words = "class_view and class_label go together, and so do attempt_view and attempt_label"
        found.append(f"{words}: give both or neither")
    if base is PersonalData and not found:
        declared: Any = implementation
        strange = sorted(set(declared.kept) - set(declared.models))
        if strange:
            found.append(f"kept names {', '.join(strange)}, which models does not")
    return found
