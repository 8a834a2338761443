"""Page that tells whose result would change and asks for a yes before it is done."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from bdhvs_lms.audit.api import log_access
from bdhvs_lms.base.api import allowed, name_order, now
from bdhvs_lms.campaign.api import TargetGroup
from bdhvs_lms.competency.impact import GoOn, Impact, Line, of_revocation, of_voiding
from bdhvs_lms.competency.impact_of_age import of_min_age
from bdhvs_lms.learners.api import Learner, check_min_age, names

# Names on one page; the table counts all.
NAMED = 50
# Seconds for which a request looks whose result changes; more is for a command.
LONGER = 8.0


class Told:
    """An impact as it is shown. The yes is of these counts: others meanwhile, and it is asked for again."""

    def __init__(self, found: Impact, user: Any, page: int = 1) -> None:
        self.found, self._user = found, user
        self.page = min(max(page, 1), self.pages)

    @property
    def people(self) -> int:
        return len(self.found.learners)

    @property
    def yes(self) -> str:
        counts = [*self.found.counts(), *self.found.member_counts()]
        return ".".join(f"{gained}-{lost}" for *_about, gained, lost in counts) or "0"

    @cached_property
    def lines(self) -> list[Line]:
        return self.found.lines()

    @cached_property
    def member_lines(self) -> list[Line]:
        return self.found.member_lines()

    @cached_property
    def _groups(self) -> dict[int, TargetGroup]:
        return {line.group.pk: line.group for line in (*self.lines, *self.member_lines)}

    @property
    def pages(self) -> int:
        return max(1, -(-len(self.found.concerned) // NAMED))

    @property
    def previous(self) -> int | None:
        return self.page - 1 if self.page > 1 else None

    @property
    def next(self) -> int | None:
        return self.page + 1 if self.page < self.pages else None

    @cached_property
    def named(self) -> list[dict[str, Any]]:
        """Return name and changes of the people of this page; nobody for who may not see names."""
        if not allowed(self._user, "view_person"):
            return []
        shown = names(self.found.concerned[(self.page - 1) * NAMED : self.page * NAMED])
        return [
            {
                "pk": pk,
                "name": name,
                "changes": self._of(pk, self.found.changes),
                "members": self._of(pk, self.found.members),
            }
            for pk, name in sorted(shown.items(), key=lambda one: (name_order(one[1]), one[0]))
        ]

    def _of(self, learner_id: int, changes: list[Any]) -> list[dict[str, Any]]:
        return [
            {"group": self._groups[one.group_id], "year": one.year, "gained": one.gained}
            for one in changes
            if one.learner_id == learner_id
        ]

    def log(self, at: datetime) -> None:
        if self.named:
            shown = Learner.objects.filter(pk__in=[one["pk"] for one in self.named])
            log_access(user=self._user, actors=list(shown.values_list("actor", flat=True)), page="impact", at=at)


def typed(request: HttpRequest) -> Iterator[tuple[str, str]]:
    """Yield what was sent, to be sent again with the yes."""
    for name, values in request.POST.lists():
        if name not in ("csrfmiddlewaretoken", "yes", "edit", "page"):
            yield from ((name, str(value)) for value in values)


def patience(most: int | None = None) -> GoOn:
    """Return a `go_on` that lasts some seconds; `most`: it stops at once at more people than these."""
    until = time.monotonic() + LONGER
    return lambda found: (most is None or found.people <= most) and time.monotonic() < until


def ask(
    request: HttpRequest, found: Impact, at: datetime, context: dict[str, Any] | Callable[[], dict[str, Any]]
) -> HttpResponse | None:
    """Return the page that asks; None: the yes to just this came along.

    context: of the page, or what makes it where it is asked for. In it `command`: what looks at everybody where there
    are too many; `yes_label`: of the button.
    """
    page = request.POST.get("page", "")
    told = Told(found, request.user, int(page) if page.isdecimal() and len(page) < 6 else 1)
    if found.complete and request.POST.get("yes") == told.yes:
        return None
    told.log(at)
    more = {"told": told, "typed": list(typed(request)), "action_url": request.path}
    about = context() if callable(context) else context
    return TemplateResponse(request, "bdhvs_lms/admin/impact.html", {"command": "", **about, **more})


class ToldOfAge:
    """Mixin for the form of a target group: another age is asked about first."""

    request: HttpRequest
    object: TargetGroup
    get_context_data: Callable[..., dict[str, Any]]
    render_to_response: Callable[..., HttpResponse]

    def form_valid(self, form: Any) -> HttpResponse:
        group, age = self.object, form.cleaned_data["min_age"]
        if "edit" in self.request.POST:
            return self.render_to_response(self.get_context_data(form=form))
        if age != group.min_age:
            try:
                check_min_age(group, age)
            except ValidationError:
                # The act says it at the field.
                return self._save(form)
            at = now()
            found = of_min_age(group, age, at=at, go_on=patience())
            context = self.get_context_data(form=form)
            context["command"] = f"bdhvs set_min_age {group.key} {age or 'none'}"
            question = ask(self.request, found, at, context)
            if question is not None:
                return question
        return self._save(form)

    def _save(self, form: Any) -> HttpResponse:
        answer: HttpResponse = super().form_valid(form)  # type: ignore[misc]
        return answer


class _ToldOfStatements:
    """Mixin for a page that voids statements: whose result changes is asked about first."""

    request: HttpRequest
    get_context_data: Callable[..., dict[str, Any]]

    def _ask(self, look: Callable[..., Impact], subject: Any, command: str, form: Any) -> HttpResponse | None:
        at = now()
        found = look(subject, at=at, go_on=patience())
        more = {"command": command, "yes_label": _("Yes, void")}
        # To show the page is a look at somebody, which is logged.
        return ask(self.request, found, at, lambda: {**self.get_context_data(form=form), **more})


class ToldOfVoiding(_ToldOfStatements):
    fact: Any

    def question(self, form: Any) -> HttpResponse | None:
        return self._ask(of_voiding, [self.fact.statement_id], "", form)


class ToldOfRevocation(_ToldOfStatements):
    credential: Any

    def question(self, form: Any) -> HttpResponse | None:
        command = f"bdhvs withdraw_credential {self.credential.key} --preview"
        return self._ask(of_revocation, self.credential, command, form)
