"""Pages: what each role may do with each page type of ours, in the editors' catalogue and elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from wagtail.models import get_page_models
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

from bdhvs_content.api import AnnouncementIndexPage, AnnouncementPage, CatalogPage, CoursePage, LessonPage, SectionPage
from bdhvs_h5p.models import H5PPage
from bdhvs_quiz.api import QuizPage
from bdhvs_tasks.api import TaskPage
from tests.bdhvs_content import pages as making
from tests.bdhvs_h5p import playing
from tests.bdhvs_tasks import helpers as watching
from tests.permissions.answers import (
    DONE,
    HIDDEN,
    ON,
    OPEN,
    REFUSED,
    Answers,
    Arguments,
    Probe,
    editors,
    everyone,
    get,
    nothing,
    post,
    staff,
)
from tests.permissions.discovery import is_ours
from tests.permissions.roles import Cast

# Not below what editors were given, or not theirs to do.
SUPERUSER = {word: staff(superuser=word) for word in (OPEN, DONE)}


def page_types() -> set[type[Any]]:
    """Every page type of ours that pages can be made of."""
    return {model for model in get_page_models() if is_ours(model)}


@dataclass(frozen=True)
class PageType:
    """parent: below what one is added. form: what its edit form is filled in with. page: what its address answers."""

    parent: str
    form: dict[str, Any]
    page: Answers
    previewed: bool = True
    """There is something of its own to look at."""


LISTS = {"alignments": inline_formset([]), "comments": inline_formset([])}
QUIZ_FORM = {
    "pass_percent": "80", "attempts_allowed": "0", "wait_minutes": "0", "show_answers": "after_each",
    "grade_from": "best",
    "items": inline_formset([]), "overall_feedback": inline_formset([]), "draws": inline_formset([]), **LISTS,
}  # fmt: skip

TASK_FORM = {
    "intro": "", "needed": "",
    "steps": streamfield([("step", {"text": rich_text("<p>A</p>"), "image": "", "alt": ""})]),
    "checklist": streamfield([("item", {"text": "A", "required": "on", "help": ""})]), **LISTS,
}  # fmt: skip

TYPES: dict[type[Any], PageType] = {
    CatalogPage: PageType("root", {"intro": "", "comments": inline_formset([])}, everyone(OPEN)),
    CoursePage: PageType(
        "catalog",
        {"intro": "Cho mọi người.", "drawing": "phone", "comments": inline_formset([])},
        everyone(OPEN),
    ),
    # Its address leads to its place on the course's page.
    SectionPage: PageType("course", {"intro": "", "comments": inline_formset([])}, everyone(ON), previewed=False),
    LessonPage: PageType("section", {"body": streamfield([("text", rich_text("<p>A</p>"))]), **LISTS}, everyone(OPEN)),
    QuizPage: PageType("course", QUIZ_FORM, everyone(OPEN)),
    TaskPage: PageType("course", TASK_FORM, everyone(OPEN)),
    H5PPage: PageType("course", {"completion": "emitted", "pass_percent": "", **LISTS}, everyone(OPEN)),
    AnnouncementIndexPage: PageType("catalog", {"intro": "", "comments": inline_formset([])}, everyone(OPEN)),
    AnnouncementPage: PageType(
        "announcements",
        {"text": rich_text("<p>A</p>"), "shown_until": "2099-12-31", "comments": inline_formset([])},
        everyone(OPEN),
    ),
}


# Below what each type may be moved.
PARENTS = {
    CoursePage: CatalogPage,
    SectionPage: CoursePage,
    LessonPage: CoursePage,
    QuizPage: SectionPage,
    H5PPage: SectionPage,
    TaskPage: SectionPage,
    AnnouncementIndexPage: CatalogPage,
    AnnouncementPage: AnnouncementIndexPage,
}


class PagesCast(Cast):
    """`Cast` with three of each type: `live` and `draft` in the editors' catalogue, `other` elsewhere."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.root = self.catalog.get_parent()
        row = list(self.free.values())[:1]
        self.announcements = making.announcements(self.catalog)
        self.live: dict[type[Any], Any] = {
            CatalogPage: self.catalog,
            CoursePage: self.course,
            SectionPage: self.section,
            LessonPage: self.lesson_page,
            QuizPage: self.quiz_page,
            H5PPage: self.h5p_page,
            TaskPage: self.task_page,
            AnnouncementIndexPage: self.announcements,
            AnnouncementPage: making.announcement(self.announcements),
        }
        course = making.course(self.elsewhere, "Khóa nơi khác")
        section = making.section(course, "Phần nơi khác")
        self.other: dict[type[Any], Any] = {
            CatalogPage: self.elsewhere,
            CoursePage: course,
            SectionPage: section,
            LessonPage: making.lesson(section, "Bài nơi khác"),
            QuizPage: making.quiz(course, row, "Kiểm tra nơi khác"),
            H5PPage: playing.activity(course, self.h5p),
            TaskPage: watching.task(course, "Thực hành nơi khác"),
            AnnouncementIndexPage: (other_list := making.announcements(self.elsewhere, "Thông báo nơi khác")),
            AnnouncementPage: making.announcement(other_list, "Lớp nơi khác"),
        }
        unlisted = CatalogPage(title="Danh mục nháp", slug="danh-muc-nhap", live=False)
        self.root.add_child(instance=unlisted)
        self.draft: dict[type[Any], Any] = {
            CatalogPage: unlisted,
            CoursePage: making.course(self.catalog, "Khóa nháp", live=False),
            SectionPage: making.section(self.course, "Phần nháp", live=False),
            LessonPage: making.lesson(self.section, "Bài nháp", live=False),
            QuizPage: making.quiz(self.course, row, "Kiểm tra nháp", live=False),
            H5PPage: playing.activity(self.course, self.h5p, live=False),
            TaskPage: watching.task(self.course, "Thực hành nháp", live=False),
            AnnouncementIndexPage: making.announcements(self.catalog, "Thông báo nháp", live=False),
            AnnouncementPage: making.announcement(self.announcements, "Nháp", live=False),
        }
        for model, page in self.draft.items():
            page.save_revision(clean=False)
            self.draft[model] = making.fresh(page)


# What Wagtail does with a page in the same way whatever its type.
OF_ANY_TYPE = {"unpublish", "lock", "unlock", "set_privacy", "history", "usage"}


def own_probes_of(model: type[Any]) -> list[Probe]:
    """What a type of page decides by itself: its forms, its address, below what it stands and what it holds. Whose a
    page elsewhere is does not depend on its type."""
    return [
        probe
        for probe in probes_of(model)
        if probe.address.rpartition(":")[2] not in OF_ANY_TYPE and not probe.what.endswith("elsewhere")
    ]


def probes_of(model: type[Any]) -> list[Probe]:
    """Its address, then what the explorer can do with it."""
    kind = TYPES[model]

    def page(which: str, *more: Callable[[Any], Any]) -> Arguments:
        def arguments(cast: Any) -> list[Any]:
            found = getattr(cast, which)[model]
            return [found.pk, *(ask(found) for ask in more)]

        return arguments

    def below(where: str | None = None) -> Arguments:
        def arguments(cast: Any) -> list[Any]:
            parent = cast.other[model].get_parent() if where == "other" else getattr(cast, kind.parent)
            return [model._meta.app_label, model._meta.model_name, parent.pk]

        return arguments

    def filled(**more: Any) -> Any:
        def data(cast: Cast) -> dict[str, Any]:
            form = {"title": "Tên khác", "slug": "ten-khac", **kind.form, **more}
            if model is QuizPage:
                row = list(cast.free.values())[1]  # in no quiz yet
                form["items"] = inline_formset([{"question": row.pk, "ORDER": 0}])
            if model is H5PPage:
                form["content"] = cast.h5p.pk
            posted: dict[str, Any] = nested_form_data(form)
            return posted

        return data

    def copied(to: str) -> Any:
        """To beside the page of this kind there."""
        return lambda cast: {
            "new_title": "Bản sao",
            "new_slug": "ban-sao",
            "new_parent_page": getattr(cast, to)[model].get_parent().pk,
        }

    def locked(cast: Any) -> list[Any]:
        model.objects.filter(pk=cast.live[model].pk).update(locked=True)
        return [cast.live[model].pk]

    def moved(which: str, to: str) -> Arguments:
        def arguments(cast: Any) -> list[Any]:
            return [getattr(cast, which)[model].pk, getattr(cast, to)[PARENTS[model]].pk]

        return arguments

    # The catalogue itself hangs below the root, where an editor may add nothing.
    top = model is CatalogPage
    mine: Answers = editors(DONE)
    own_sibling = SUPERUSER[DONE] if top else mine
    # What stands beside the catalogue is not the editors', a draft neither.
    of_draft = SUPERUSER if top else {OPEN: editors(OPEN), DONE: mine}
    holds = model in (CatalogPage, CoursePage, SectionPage, AnnouncementIndexPage)
    latest = lambda found: found.latest_revision_id  # noqa: E731
    publish = filled(**{"action-publish": "1"})
    acts: dict[str, list[Probe]] = {
        "add": [
            get(SUPERUSER[OPEN] if top else editors(OPEN), below()),
            post(own_sibling, below(), filled()),
            post(own_sibling, below(), publish, what="publish"),
            post(SUPERUSER[DONE], below("other"), filled(), what="elsewhere"),
        ],
        "edit": [
            get(editors(OPEN), page("live")),
            post(mine, page("live"), filled(slug="khac")),
            post(mine, page("live"), publish, what="publish"),
            get(SUPERUSER[OPEN], page("other"), what="elsewhere"),
            post(SUPERUSER[DONE], page("other"), filled(), what="elsewhere"),
        ],
        "preview_on_edit": [post(editors(OPEN), page("live"), filled()), get(editors(OPEN), page("live"))],
        "view_draft": [
            get(editors(OPEN if kind.previewed else REFUSED), page("live")),
            get(SUPERUSER[OPEN] if kind.previewed else editors(REFUSED), page("other"), what="elsewhere"),
        ],
        "delete": [
            get(of_draft[OPEN], page("draft")),
            post(of_draft[DONE], page("draft"), what="draft"),
            # With what is below it only by who may delete many pages at once.
            post(SUPERUSER[DONE] if holds else mine, page("live")),
            post(SUPERUSER[DONE], page("other"), what="elsewhere"),
        ],
        "unpublish": [post(mine, page("live")), post(SUPERUSER[DONE], page("other"), what="elsewhere")],
        "copy": [
            # In the form that says where it may stand.
            post({**SUPERUSER[DONE], "editor": OPEN} if top else mine, page("live"), copied("live")),
            post({**SUPERUSER[DONE], "editor": OPEN}, page("live"), copied("other"), what="to elsewhere"),
            post(SUPERUSER[DONE], page("other"), copied("other"), what="elsewhere"),
        ],
        # Where a move leads; the catalogue itself goes nowhere.
        "move_confirm": []
        if top
        else [
            post(mine, moved("live", "live")),
            post(SUPERUSER[DONE], moved("live", "other"), what="to elsewhere"),
            post(SUPERUSER[DONE], moved("other", "live"), what="from elsewhere"),
        ],
        "lock": [post(mine, page("live")), post(SUPERUSER[DONE], page("other"), what="elsewhere")],
        "unlock": [post(mine, locked)],
        "set_privacy": [
            post(mine, page("live"), private),
            post(SUPERUSER[DONE], page("other"), private, what="elsewhere"),
        ],
        "revisions_view": [get(of_draft[OPEN] if kind.previewed else editors(REFUSED), page("draft", latest))],
        "revisions_revert": [post(of_draft[DONE], page("draft", latest), filled())],
        "history": [get(editors(OPEN), page("live")), get(SUPERUSER[OPEN], page("other"), what="elsewhere")],
        "usage": [get(editors(OPEN), page("live"))],
    }
    return [
        *addresses(model, kind),
        *(replace(probe, address=f"wagtailadmin_pages:{act}") for act, probes in acts.items() for probe in probes),
    ]


def private(_cast: Cast) -> dict[str, Any]:
    return {"restriction_type": "login"}


def addresses(model: type[Any], kind: PageType) -> list[Probe]:
    """Of the page itself, as Wagtail serves it."""

    def at(which: str) -> Arguments:
        def address(cast: Any) -> str:
            # The catalogue that is a draft stands nowhere: this is the one that people know, taken back.
            if model is CatalogPage and which == "draft":
                type(cast.catalog).objects.filter(pk=cast.catalog.pk).update(live=False)
                which_page = cast.catalog
            else:
                which_page = getattr(cast, which)[model]
            found: str = which_page.get_url_parts()[2]
            return found

        return address

    served = [
        get(kind.page, at("live")),
        post(kind.page, at("live"), nothing, what="form"),
        get(everyone(HIDDEN), at("draft"), what="draft"),
    ]
    return [replace(probe, address="wagtail_serve") for probe in served]
