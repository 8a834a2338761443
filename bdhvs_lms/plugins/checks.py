"""System checks of the plugin contract: what an operator reads before a learner meets it.

E003: a question type's template is missing. E004: a registration that cannot work.
E005: a question type's model. E006: a declared table of personal data. E009: a way to sign in. W001 (needs
the database): activities whose plugin is not installed. W003: pages without a template.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.exceptions import FieldDoesNotExist
from django.db import connections
from django.template import TemplateDoesNotExist
from django.template.loader import get_template
from django.urls import NoReverseMatch, reverse

from bdhvs_lms.plugins.bases import QuestionType, SignInMethod
from bdhvs_lms.plugins.fragments import fragment
from bdhvs_lms.plugins.registry import (
    Registry,
    activity_types,
    name_of,
    personal_data,
    question_formats,
    question_types,
    sign_in_methods,
    speech_engines,
)


def registration_errors(registries: Sequence[Registry[Any]]) -> list[CheckMessage]:
    """Report E004 for each registration that was not accepted."""
    return [
        Error(
            problem,
            hint="Every page fails until this is corrected: fix the app or remove it.",
            id="bdhvs_lms.E004",
        )
        for registry in registries
        for problem in registry.problems
    ]


def check_registrations(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    kept = (activity_types, question_types, question_formats, personal_data, sign_in_methods, speech_engines)
    return registration_errors(kept)


def missing_templates(owner: str, names: Sequence[str]) -> list[CheckMessage]:
    """Report W003 when a page of ``owner`` (an app's name) could not be shown: the theme has all of them, a site that
    leaves it out writes its own."""
    missing = list(_missing(names, get_template))
    if not missing:
        return []
    return [
        Warning(
            f"Pages of {owner} have no templates: {', '.join(missing)}.",
            hint="Add bdhvs_theme to INSTALLED_APPS, or write the templates: see docs/templates.md.",
            id="bdhvs_lms.W003",
        )
    ]


def _missing(names: Iterable[str], find: Callable[[str], Any]) -> Iterator[str]:
    for name in names:
        try:
            find(name)
        except TemplateDoesNotExist as error:
            # An included or extended template may be the one that is missing.
            yield name if str(error) == name else f"{name} (because of {error})"


def question_type_errors(kinds: Sequence[QuestionType]) -> list[CheckMessage]:
    """Report E003 and E005: what a question type names must be there, and no two may share a model."""
    found: list[CheckMessage] = []
    owners: dict[type[Any], QuestionType] = {}
    for kind in kinds:
        owner = name_of(type(kind))
        missing = list(
            _missing(dict.fromkeys((kind.template, kind.review_template, kind.print_template)), partial(fragment, kind))
        )
        if missing:
            found.append(
                Error(
                    f"{owner} names templates that are missing: {', '.join(missing)}.",
                    hint="A question type ships its fragments beside its class, or in its app's templates folder.",
                    id="bdhvs_lms.E003",
                )
            )
        try:
            kind.model._meta.get_field("type_key")
        except FieldDoesNotExist:
            found.append(
                Error(
                    f"{owner}: its model {kind.model._meta.label} has no field type_key.",
                    hint="Derive the model from the question bank's base model.",
                    id="bdhvs_lms.E005",
                )
            )
        first = owners.setdefault(kind.model, kind)
        if first is not kind:
            found.append(
                Error(
                    f"{owner} and {name_of(type(first))} share the model {kind.model._meta.label}.",
                    hint="A question is of one type: give each type a model of its own.",
                    id="bdhvs_lms.E005",
                )
            )
    return found


def check_question_types(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    return question_type_errors(question_types.registered())


def check_personal_data(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """Report E006: a table that is declared under a wrong name would be neither handed over nor erased."""
    found: list[CheckMessage] = []
    for owner in personal_data.registered():
        for label in owner.models:
            try:
                apps.get_model(label)
            except LookupError:
                found.append(
                    Error(
                        f"{name_of(type(owner))} declares {label}, which is not an installed model.",
                        hint="Write it as 'app_label.Model'.",
                        id="bdhvs_lms.E006",
                    )
                )
    return found


def sign_in_errors(methods: Sequence[SignInMethod]) -> list[CheckMessage]:
    """Report E009: a way to sign in whose address or drawing is missing would break the sign-in page for everybody."""
    # By name: plugins is below learners and may not import it.
    kinds = dict(apps.get_model("bdhvs_lms", "LearnerIdentity")._meta.get_field("kind").choices or ())
    found: list[CheckMessage] = []
    for method in methods:
        wrong = [f"the template {name}" for name in _missing([method.icon], get_template)]
        try:
            reverse(method.view_name)
        except NoReverseMatch:
            wrong.append(f"the address {method.view_name}")
        if method.identity_kind not in kinds:
            wrong.append(f"the kind of identity {method.identity_kind}")
        if wrong:
            found.append(
                Error(
                    f"{name_of(type(method))} names what does not exist: {', '.join(wrong)}.",
                    hint="Every visitor's sign-in page fails until this is corrected.",
                    id="bdhvs_lms.E009",
                )
            )
    return found


def check_sign_in_methods(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    try:
        reverse("bdhvs_lms:sign-in")
    except NoReverseMatch:
        return []  # a project with pages of its own
    return sign_in_errors(sign_in_methods.registered())


def check_missing_plugins(
    app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Report W001: the core keeps activities of a type that nobody registers now. Their results stay readable."""
    # By name: plugins is below courses and may not import it.
    model = apps.get_model("bdhvs_lms", "Activity")
    found: list[CheckMessage] = []
    for alias in databases or ():
        connection = connections[alias]
        with connection.cursor() as cursor:
            # `migrate` runs the checks of a database that has no tables yet.
            if model._meta.db_table not in connection.introspection.table_names(cursor):
                continue
        known = [kind.key for kind in activity_types.registered()]
        rows = model._default_manager.using(alias).exclude(type_key__in=known).order_by("type_key", "plugin")
        found.extend(
            Warning(
                f"Plugin missing: there are activities of type {type_key}, but {plugin} is not installed.",
                hint=f"Install {plugin} again. Without it, results stay readable but nobody can do these activities.",
                id="bdhvs_lms.W001",
            )
            for type_key, plugin in rows.values_list("type_key", "plugin").distinct()
        )
    return found


def register_checks() -> None:
    """Register the checks; called once, in AppConfig.ready()."""
    for check in (check_registrations, check_question_types, check_personal_data, check_sign_in_methods):
        register(check)
    register(check_missing_plugins, Tags.database)
