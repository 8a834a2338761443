"""Notices for editors: somebody else saved first, an address got a number, how long learners wait."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from bdhvs_content.blocks import file_size
from bdhvs_content.identity import place_of
from bdhvs_content.models import CoursePage, FactsPageMixin, LessonPage, SectionPage
from bdhvs_content.sizes import WEAK_LINE, wait_words
from bdhvs_content.tree import offered_in
from bdhvs_lms.base.api import account_name


def overtaken_notice(request: HttpRequest, page: Any) -> str:
    """Return a sentence that names who saved this page (or snippet with revisions) after the sender opened it; empty:
    nobody.

    The same question as Wagtail's EditView.is_out_of_date asks for its quiet saving: a form names the revision that it
    was opened with, or the one that its own quiet saving has made.
    """
    latest = page.get_latest_revision()
    if latest is None:
        return ""
    own = request.POST.get("overwrite_revision_id")
    loaded = request.POST.get("loaded_revision_id")
    if own:
        overtaken = own != str(latest.pk)
    elif loaded:
        opened_at = request.POST.get("loaded_revision_created_at", "")
        overtaken = loaded != str(latest.pk) or opened_at != latest.created_at.isoformat()
    else:
        overtaken = False
    if not overtaken:
        return ""
    moment = timezone.localtime(latest.created_at)
    if latest.user_id == request.user.pk:
        who = _("you in another window")
    elif latest.user is not None:
        who = account_name(latest.user)
    else:
        who = _("another user")
    return _(
        "Not saved: after you opened this page, %(who)s saved it (%(time)s). Your changes are still below. "
        "Look at the other version first (“History”). If you then save here, your version becomes current "
        "and the other one stays in the history."
    ) % {"who": who, "time": moment.strftime("%H:%M, %d/%m/%Y")}


def numbered_notice(page: Any) -> str:
    """Tell the editor that the address differs from the typed one, because a sibling page has that one; empty: it does
    not."""
    typed, given = getattr(page, "numbered_address", ("", ""))
    if not given:
        return ""
    return _("Another page here has the address “%(typed)s”. This one is at “%(given)s”.") % {
        "typed": typed,
        "given": given,
    }


def waits_of(page: Any) -> Iterator[str]:
    """Yield for each large recording of a lesson how long a learner on a weak line waits for it."""
    if not isinstance(page, LessonPage):
        return
    for child in page.body:
        if child.block_type in ("video", "audio", "reading") and child.value["media"]:
            size = file_size(child.value["media"])
            if size is not None and size > WEAK_LINE * 60:
                yield f"{child.value.get('title') or child.value['media'].title}: {wait_words(size)}"


def after_publishing(page: Any) -> Iterator[str]:
    """Yield the reasons why learners do not see yet what was just published."""
    if isinstance(page, CoursePage):
        if page.live and not offered_in(page, aliases=True):
            yield _("This course has no published content yet. Learners cannot see it and no one can enrol.")
    elif isinstance(page, SectionPage):
        if page.live and not page.get_children().live().exists():
            yield _("This section has no published content yet. Learners cannot see it.")
    elif isinstance(page, FactsPageMixin):
        place = place_of(page)
        if place.section is not None and not place.section.live:
            yield _("Learners will see this page when the section “%(title)s” is published.") % {
                "title": place.section.title
            }
        elif place.course is not None and not place.course.live:
            yield _("Learners will see this page when the course “%(title)s” is published.") % {
                "title": place.course.title
            }
