"""Addresses of the admin: operators' lists, the bank of questions, reports."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping
from typing import Any

from allauth.mfa.models import Authenticator
from django.core.files.uploadedfile import SimpleUploadedFile
from wagtail.blocks import StreamValue
from wagtail.models import Collection, Locale
from wagtail.test.utils.form_data import nested_form_data, streamfield

from adapter_tests import building
from bdhvs_lms.competency.api import Competency
from bdhvs_lms.learners.models import SignInAccount
from bdhvs_quiz.api import SingleChoiceQuestion
from tests.permissions.addresses import SHOWN_AGAIN, of
from tests.permissions.answers import (
    AGAIN,
    DONE,
    HIDDEN,
    METHOD,
    ON,
    OPEN,
    Probe,
    admins,
    both,
    editors,
    everyone,
    get,
    no_arguments,
    operators,
    post,
    staff,
)
from tests.permissions.roles import QUESTIONS, Cast

# --- Operators -------------------------------------------------------------------------------------------------------


def lists(*, people: bool = False) -> dict[str, list[Probe]]:
    """A list and the part of it that a filter fetches; as a file too, where somebody asks for one."""
    return {
        "index": [
            get(operators(OPEN), people=people),
            get(operators(OPEN), query="?export=csv", what="csv", people=people),
        ],
        "index_results": [get(operators(OPEN), people=people)],
    }


def form(arguments: Any, data: Callable[[Cast], dict[str, Any]], *, people: bool = False) -> list[Probe]:
    return [
        get(operators(OPEN), arguments, people=people),
        post(operators(DONE), arguments, data),
        post(operators(OPEN), arguments, lambda _cast: {}, what="empty", people=people),
    ]


def site_information(_cast: Cast) -> dict[str, str]:
    return {"agency": "Ủy ban nhân dân xã", "phone": "0000 123 456"}


def merged(cast: Cast) -> dict[str, Any]:
    """The form that merges the stranger's record into the owner's."""
    return {"with": cast.stranger.pk, "keep": cast.owner.pk, "reason": "một người", "sure": "on"}


def read(*path: str) -> list[Probe]:
    return [get(operators(OPEN), of(*path, "pk"))]


def history(*path: str) -> dict[str, list[Probe]]:
    return {"history": read(*path), "history_results": read(*path)}


def imported(*lines: str) -> list[Probe]:
    def content(_cast: Cast) -> dict[str, str]:
        return {"content": b64encode("\n".join(lines).encode()).decode()}

    return [
        get(operators(OPEN)),
        get(operators(OPEN), query="?template=1", what="headings"),
        post(operators(DONE), no_arguments, content),
        post(operators(AGAIN), what="empty"),
    ]


def area(cast: Cast) -> dict[str, Any]:
    return {"name": "Phường Mới", "urban": "on"}


def number(cast: Cast) -> dict[str, Any]:
    return {"group": cast.group.pk, "area": cast.area.pk, "as_of": "30/09/2025", "source": "Công an"}


def pass_rule(cast: Cast) -> dict[str, Any]:
    competencies = [cast.a1.pk]
    return {
        "group": cast.group.pk, "year": "2026", "level": "1", "label_vi": "Đạt", "note": "Vì thế",
        "competencies": competencies, "yes": "1-0",
    }  # fmt: skip


def consent_text(_cast: Cast) -> dict[str, Any]:
    return {"text_vi": "Một câu.", "text_en": "A sentence.", "valid_from": "31/12/2025"}


def rule_version(_cast: Cast) -> dict[str, Any]:
    return {
        "rule-kind": "any", "rule-times": "2", "rule-passed": "on", "rule-trust": "1", "note": "Chặt hơn",
        "effective_from": "16/11/2025",
    }  # fmt: skip


def newest_version(cast: Cast) -> list[Any]:
    return [cast.evidence_rule.versions.latest("number").pk]


def application(_cast: Cast) -> dict[str, Any]:
    return {"reason": "Quyết định", "effective_from": "01/11/2025", "yes": "0"}


def withdrawn(_cast: Cast) -> dict[str, str]:
    return {"reason": "không đáng tin", "yes": "0"}


def realignment(cast: Cast) -> dict[str, Any]:
    first, second = cast.aligned
    return {"old": first, "new": second, "reason": "Gắn nhầm năng lực", "yes": "0"}


def new_class(cast: Cast) -> dict[str, Any]:
    return {
        "name": "Lớp ba", "code": "lop-ba", "course": cast.class_group.course_id, "area": cast.area.pk,
        "starts": "01/11/2025",
    }  # fmt: skip


def receiver(_cast: Cast) -> dict[str, str]:
    return {
        "key": "moi",
        "name": "Kho mới",
        "url": "https://lrs.example.org/xapi",
        "version": "1.0.3",
        "batch_size": "50",
    }


def source(_cast: Cast) -> dict[str, str]:
    return {"key": "moi", "name": "Kho mới", "url": "https://lrs.example.org/xapi", "version": "1.0.3", "trust": "0"}


def peer(name: str, data: Callable[[Cast], dict[str, str]], **acts: dict[str, str]) -> dict[str, list[Probe]]:
    """A receiving record store or a source: the forms, and the page whose buttons act."""
    return {
        **lists(),
        "add": form(no_arguments, data),
        "edit": form(of(name, "pk"), data),
        "inspect": [
            get(operators(OPEN), of(name, "pk")),
            # It asks the other side and writes nothing.
            post(operators(ON), of(name, "pk"), lambda _cast: {"do": "test"}, what="test"),
            post(operators(ON), of(name, "pk"), what="nothing"),
            *(
                post(operators(DONE), of(name, "pk"), lambda _cast, more=more: more, what=what)  # type: ignore[misc]
                for what, more in acts.items()
            ),
        ],
    }


IN_CLASS = of("class_group", "pk")


def membership(cast: Cast) -> list[Any]:
    return [cast.class_group.memberships.get(learner=cast.owner).pk]


CLASS_ACTS: dict[str, Callable[[Cast], dict[str, Any]]] = {
    "add": lambda cast: {"do": "add", "learner": cast.stranger.pk},
    "teach": lambda _cast: {"do": "teach", "username": "other_teacher"},
    "end teacher": lambda cast: {"do": "end-teacher", "teacher": cast.class_group.teachers.get().pk},
}


def factor_of_steering(cast: Cast) -> list[Any]:
    return [Authenticator.objects.get(user=cast.users["steering"]).pk]


def account_of_steering(cast: Cast) -> list[Any]:
    return [SignInAccount.objects.get(user=cast.users["steering"]).pk]


OPERATORS: dict[str, dict[str, list[Probe]]] = {
    "areas": {
        **lists(),
        **history("area"),
        "add": form(no_arguments, lambda cast: {"parent": cast.area.pk, "name": "Tổ 9"}),
        "edit": form(of("area", "pk"), area),
        "import": imported("Xã/phường;Thôn/tổ dân phố", "Phường Thử;Tổ 7"),
    },
    "organisations": {
        **lists(),
        **history("organisation"),
        "add": form(no_arguments, lambda cast: {"name": "B", "kind": "school", "area": cast.area.pk}),
        "edit": form(of("organisation", "pk"), lambda cast: {"name": "B", "kind": "school", "area": cast.area.pk}),
        "import": imported("Tên;Loại;Xã/phường", "Trường B;Trường học;Phường Thử"),
    },
    "target_groups": {
        **lists(),
        **history("group"),
        "edit": form(of("group", "pk"), lambda _cast: {"label_vi": "Người lớn", "min_age": "18", "yes": "0"}),
    },
    "plans": {**lists(), "inspect": read("plan")},
    "targets": {**lists(), "inspect": read("target")},
    "denominators": {
        **lists(),
        "add": form(no_arguments, lambda cast: {**number(cast), "value": "62140"}),
        "import": imported(
            "Nhóm đối tượng;Địa bàn;Tính đến ngày;Tổng số người;Nguồn",
            "Người trưởng thành;Phường Thử;30/09/2025;62140;Công an",
        ),
    },
    "figures": {
        **lists(),
        "add": form(no_arguments, lambda cast: {**number(cast), "indicator": cast.outside.pk, "rank": "3"}),
        "import": imported(
            "Tiêu chí;Nhóm;Địa bàn;Ngày;Thứ hạng;Nguồn",
            "Điện thoại;Người trưởng thành;Phường Thử;30/09/2025;3;Sở",
        ),
    },
    "pass_rules": {**lists(), "add": form(no_arguments, pass_rule)},
    "evidence_rules": {
        **lists(),
        "inspect": read("evidence_rule"),
        "version": [
            *both(operators(OPEN), operators(DONE), of("evidence_rule", "pk"), rule_version),
            post(operators(AGAIN), of("evidence_rule", "pk"), what="empty"),
        ],
        "apply": [
            *both(operators(OPEN), operators(DONE), newest_version, application),
            post(operators(AGAIN), newest_version, what="empty"),
        ],
    },
    "frameworks": {**lists(), "inspect": read("framework")},
    "steering": {
        **lists(),
        "add": form(no_arguments, lambda cast: {"user": "teacher", "area": cast.area.pk}),
        "delete": both(operators(OPEN), operators(DONE), of("assigned", "pk")),
    },
    "who-learns": {**lists(), "add": form(no_arguments, lambda _cast: {"rule": "by-hand"})},
    "site-information": {**lists(), "add": form(no_arguments, site_information)},
    "data-requests": {
        **lists(people=True),
        "add": [
            get(operators(OPEN)),
            get(operators(OPEN), query="?q=other", what="search", people=True),
            post(operators(ON), what="nobody"),
        ],
        "inspect": [
            get(operators(OPEN), of("request", "pk"), people=True),
            post(operators(DONE), of("request", "pk"), lambda _cast: {"outcome": "done", "answer": "Đã gửi."}),
        ],
        "copy": both(operators(OPEN), operators(OPEN), of("stranger", "pk"), people=True),
        # Operators do not erase: whoever is responsible for personal data does.
        "erase": [
            get(staff(superuser=OPEN), of("stranger", "pk"), people=True),
            post(staff(superuser=DONE), of("stranger", "pk"), lambda _cast: {"sure": "on"}, people=True),
        ],
        "erase-account": [
            get(staff(superuser=OPEN), lambda cast: [cast.users["other_teacher"].pk]),
            # The account's own looks at people stay in the log, under another name.
            post(
                staff(superuser=DONE),
                lambda cast: [cast.users["other_teacher"].pk],
                lambda _cast: {"sure": "on"},
                people=True,
            ),
        ],
    },
    "papers": {
        **lists(),
        "add": [
            get(operators(OPEN)),
            get(operators(OPEN), query="?q=other", what="search", people=True),
            post(operators(AGAIN), what="nobody"),
        ],
    },
    "accesses": lists(people=True),
    "consent-texts": {
        **lists(),
        "add": form(no_arguments, consent_text),
        "edit": [
            *form(of("draft_text", "pk"), consent_text),
            get(operators(ON), of("text", "pk"), what="in force"),
            post(operators(ON), of("text", "pk"), consent_text, what="in force"),
        ],
        "inspect": read("text"),
    },
    "classes": {
        **lists(),
        "add": form(no_arguments, new_class),
        "inspect": [
            get(operators(OPEN), IN_CLASS, people=True),
            get(operators(OPEN), IN_CLASS, query="?q=other", what="search", people=True),
            *(post(operators(DONE), IN_CLASS, data, what=what) for what, data in CLASS_ACTS.items()),
            # Nobody has ended it.
            post(
                operators(ON),
                IN_CLASS,
                lambda cast: {"do": "resume-member", "membership": membership(cast)[0]},
                what="resume member",
            ),
        ],
        "end_member": [
            get(operators(OPEN), membership, people=True),
            post(operators(DONE), membership, people=True),
        ],
        "merge": [
            get(operators(OPEN), of("owner", "pk"), people=True),
            get(operators(OPEN), of("owner", "pk"), query="?q=other", what="search", people=True),
            post(operators(DONE), of("owner", "pk"), merged),
            post(operators(ON), of("owner", "pk"), what="empty"),
        ],
    },
    "realignments": {
        **lists(),
        "choose": [get(operators(OPEN)), get(operators(OPEN), query="?q=a", what="search")],
        "realign": [
            *both(operators(OPEN), operators(DONE), of("aligned_activity"), realignment),
            post(operators(AGAIN), of("aligned_activity"), what="empty"),
        ],
    },
    "credentials": {
        **lists(),
        "add": form(no_arguments, lambda _cast: {"name": "H5P", "scopes": ["state"], "trust": "0"}),
        "revoke": both(operators(OPEN), operators(DONE), of("credential", "pk")),
        "withdraw": [
            *both(
                operators(OPEN),
                operators(DONE),
                of("credential", "pk"),
                lambda _cast: {"reason": "không đáng tin", "yes": "0"},
            ),
            post(operators(OPEN), of("credential", "pk"), what="empty"),
        ],
    },
    "receivers": peer(
        "receiver",
        receiver,
        pause={"do": "pause", "reason": "bảo trì"},
        resume={"do": "resume"},
        replay={"do": "replay-all"},
        requeue={"do": "requeue", "since": "01/01/2020"},
    ),
    "sources": peer("source", source, resume={"do": "resume"}, reread={"do": "reread", "since": ""}),
    "statements": {
        "index": [
            get(operators(OPEN)),
            get(operators(OPEN), query="?shown=voided", what="voided"),
        ],
        "statement": [
            get(operators(OPEN), of("fact", "statement_id"), people=True),
            post(operators(DONE), of("fact", "statement_id"), lambda _cast: {"reason": "trial", "yes": "0"}),
            post(operators(OPEN), of("fact", "statement_id"), what="empty", people=True),
        ],
    },
    "vneid": {
        **lists(people=True),
        "import": imported("Họ và tên;Năm sinh;Tính đến ngày;Nguồn", "newcomer;1960;30/09/2025;Công an"),
    },
    "newcomers": {
        **lists(people=True),
        "inspect": [
            get(operators(OPEN), of("newcomer", "pk"), people=True),
            post(operators(DONE), of("newcomer", "pk")),
        ],
    },
    "teams": {
        **lists(),
        "add": form(no_arguments, lambda cast: {"name": "Tổ hai", "area": cast.area.pk, "valid_from": "01/11/2025"}),
        "edit": form(of("team", "pk"), lambda _cast: {"name": "Tổ một mới"}),
        "inspect": [
            get(operators(OPEN), of("team", "pk")),
            post(operators(DONE), of("team", "pk"), lambda _cast: {"do": "add", "username": "teacher"}, what="add"),
            post(
                operators(DONE),
                of("team", "pk"),
                lambda cast: {"do": "end", "member": cast.team.members.get().pk},
                what="end",
            ),
            post(operators(ON), of("team", "pk"), what="nothing"),
        ],
        "progress": [get(operators(OPEN))],
    },
    "staff": {
        **lists(),
        "add": form(no_arguments, lambda _cast: {"full_name": "Hoa", "username": "hoa", "roles": ["teacher"]}),
        "inspect": [
            get(operators(OPEN), account_of_steering),
            post(operators(DONE), account_of_steering, lambda _cast: {"do": "reset"}, what="reset"),
            post(operators(DONE), account_of_steering, lambda _cast: {"do": "close"}, what="close"),
            post(
                operators(DONE), account_of_steering, lambda _cast: {"do": "roles", "roles": ["teacher"]}, what="roles"
            ),
            post(operators(ON), account_of_steering, what="nothing"),
        ],
    },
    "second-factors": {
        **lists(),
        "inspect": [
            get(operators(OPEN), factor_of_steering),
            post(operators(DONE), factor_of_steering, lambda _cast: {"do": "reset"}, what="reset"),
            post(operators(ON), factor_of_steering, what="nothing"),
        ],
    },
    "people": {
        **lists(people=True),
        "add": form(no_arguments, lambda _cast: {"full_name": "Lan", "birth_year": "1966"}),
        "edit": form(of("owner", "person", "pk"), lambda cast: {"full_name": "Lân", "area": cast.area.pk}, people=True),
        "inspect": [
            get(operators(OPEN), of("owner", "person", "pk"), people=True),
            post(operators(DONE), of("owner", "person", "pk"), lambda cast: {"do": "add", "group": cast.group.pk}),
            post(operators(SHOWN_AGAIN), of("owner", "person", "pk"), lambda _cast: {"do": "add"}, what="empty"),
            post(operators(ON), of("owner", "person", "pk"), what="nothing"),
        ],
        "import": imported("Họ và tên;Năm sinh;Xã/phường", "Trần Thị Mới;1966;Phường Thử"),
    },
}

# --- The bank --------------------------------------------------------------------------------------------------------


def _in_form(value: Any) -> Any:
    """A value as a form posts it; None: not at all."""
    if isinstance(value, StreamValue):
        return streamfield([(block.block_type, _in_form(block.value)) for block in value])
    if isinstance(value, Mapping):
        return {name: said for name, inner in value.items() if (said := _in_form(inner)) is not None}
    return {True: "on", False: None}[value] if isinstance(value, bool) else str(value)


def question_form(model: type[Any], **more: Any) -> Callable[[Cast], dict[str, Any]]:
    """What the form of a question posts that says what the bank's own of this type says."""

    def data(cast: Cast) -> dict[str, Any]:
        row = cast.used[model]
        said = {field.name: getattr(row, field.name) for field in model._meta.local_fields if field.editable}
        # A choice of yes and no is a list of words, and no box.
        words = {field.name: str(said[field.name]) for field in model._meta.local_fields if field.choices}
        form = {"prompt": "Hỏi?", "explanation": "", **_in_form(said | words), **more}
        filled: dict[str, Any] = nested_form_data(form)
        return filled

    return data


def row(which: str, model: type[Any], *more: Callable[[Any], Any]) -> Callable[[Cast], list[Any]]:
    """The bank's question of this type ('used', 'free', 'scheduled', 'waiting'), and what is asked of it."""

    def arguments(cast: Cast) -> list[Any]:
        question = getattr(cast, which)[model]
        return [question.pk, *(ask(question) for ask in more)]

    return arguments


def _task_state(question: Any) -> Any:
    return question.current_workflow_task_state.pk


def _task(question: Any) -> Any:
    return question.current_workflow_task_state.task_id


def _workflow_state(question: Any) -> Any:
    return question.current_workflow_state.pk


def _latest(question: Any) -> Any:
    return question.latest_revision_id


def _approve(_question: Any) -> str:
    return "approve"


def bank_of(model: type[Any]) -> dict[str, list[Probe]]:
    """The addresses of one type of question."""
    used, free, waiting = (row(which, model) for which in ("used", "free", "waiting"))
    revision = row("scheduled", model, _latest)
    compared = row("scheduled", model, lambda _row: "earliest", lambda _row: "latest")
    acted = row("waiting", model, _approve, _task_state)
    filled = question_form(model)
    published = question_form(model, **{"action-publish": "1"})
    say = lambda _cast: {"comment": ""}  # noqa: E731
    return {
        "list": both(editors(ON), editors(ON)),
        "list_results": [get(editors(OPEN)), get(editors(OPEN), query="?export=csv", what="csv")],
        "add": both(editors(OPEN), editors(DONE), data=published),
        "edit": [
            *both(editors(OPEN), editors(DONE), free, filled),
            post(editors(DONE), free, published, what="publish"),
            post(editors(OPEN, DONE), used, filled, what="locked by another"),
        ],
        "delete": [
            *both(editors(OPEN), editors(DONE), free),
            post(editors(AGAIN), used, what="in use"),
        ],
        "usage": [get(editors(OPEN), used)],
        "history": [get(editors(OPEN), used)],
        "history_results": [get(editors(OPEN), used)],
        "copy": both(editors(OPEN), editors(DONE), used, filled),
        "preview_on_add": both(editors(OPEN), editors(OPEN), data=filled),
        "preview_on_edit": both(editors(OPEN), editors(OPEN), free, filled),
        "revisions_view": [get(editors(OPEN), revision)],
        "revisions_revert": both(editors(OPEN), editors(DONE), row("free", model, _latest), filled),
        "revisions_compare": [get(editors(OPEN), compared)],
        "revisions_unschedule": both(editors(OPEN), editors(DONE), revision),
        "unpublish": both(editors(OPEN), editors(DONE), free),
        "lock": both(editors(METHOD), editors(DONE), free),
        "unlock": both(editors(METHOD), editors(DONE), used),
        "workflow_action": both(editors(OPEN), editors(DONE), acted, say),
        "collect_workflow_action_data": both(editors(OPEN), editors(OPEN), acted, say),
        "confirm_workflow_cancellation": [get(editors(OPEN), waiting)],
        "workflow_history": [get(editors(OPEN), waiting)],
        "workflow_history_detail": [get(editors(OPEN), row("waiting", model, _workflow_state))],
        "workflow_preview": [get(editors(OPEN), row("waiting", model, _task))],
    }


PICKED = staff(editor=OPEN, operator=HIDDEN, superuser=OPEN)
ANY = row("used", SingleChoiceQuestion)

BANK: dict[str, list[Probe]] = {
    "list": [get(editors(OPEN)), get(editors(OPEN), query="?export=csv", what="csv")],
    "list_results": [get(editors(OPEN))],
    # Whoever may add no type of question is told that there is nothing to choose from.
    "add": both(PICKED, PICKED),
    **{name: both(editors(ON), editors(ON), ANY) for name in ("edit", "delete", "copy", "history")},
    "usage": [get(editors(OPEN), ANY)],
    "history_results": [get(editors(OPEN), ANY)],
}

CHOOSER: dict[str, list[Probe]] = {
    "choose": [get(editors(OPEN))],
    "choose_results": [get(editors(OPEN))],
    "chosen": [get(editors(OPEN), ANY)],
    "chosen_multiple": [get(editors(OPEN))],
    # Without a question nothing is made, and it is said why.
    "create": both(editors(METHOD), editors(AGAIN)),
}

# --- H5P -------------------------------------------------------------------------------------------------------------

CONTENT, FREE = of("h5p", "pk"), of("h5p_free", "pk")
LIBRARY, WAITING = of("h5p_library", "pk"), of("h5p_waiting", "pk")


def package(_cast: Cast) -> dict[str, Any]:
    return {"title": "Câu hỏi", "package": SimpleUploadedFile("a.h5p", building.package())}


def renamed(_cast: Cast) -> dict[str, Any]:
    return {"title": "Tên khác"}


# Operators bring packages, and change none that editors work with.
H5P_CONTENTS: dict[str, list[Probe]] = {
    "list": [get(admins(OPEN)), get(admins(OPEN), query="?export=csv", what="csv")],
    "list_results": [get(admins(OPEN))],
    "add": [
        *both(admins(OPEN), admins(DONE), data=package),
        post(admins(AGAIN), what="empty"),
    ],
    "edit": [
        *both(editors(OPEN), editors(DONE), CONTENT, renamed),
        post(editors(DONE), CONTENT, package, what="another file"),
    ],
    "delete": [
        *both(editors(OPEN), editors(DONE), FREE),
        post(editors(AGAIN), CONTENT, what="in use"),
    ],
    "usage": [get(editors(OPEN), CONTENT)],
    "history": [get(admins(OPEN), CONTENT)],
    "history_results": [get(admins(OPEN), CONTENT)],
    # Its libraries are not installed here: the page of the activity says so.
    "download": both(editors(ON), admins(METHOD), CONTENT),
}

H5P_CHOOSER: dict[str, list[Probe]] = {
    "choose": [get(admins(OPEN))],
    "choose_results": [get(admins(OPEN))],
    "chosen": [get(admins(OPEN), CONTENT)],
    "chosen_multiple": [get(admins(OPEN))],
}

H5P_LIBRARIES: dict[str, list[Probe]] = {
    **lists(),
    "delete": both(operators(OPEN), operators(DONE), LIBRARY),
}

H5P_WAITING: dict[str, list[Probe]] = {
    **lists(),
    "decide": [
        *both(operators(OPEN), operators(DONE), WAITING, lambda _cast: {"refuse": "1", "reason": "Không rõ"}),
        post(operators(ON), WAITING, what="nothing"),
        post(operators(OPEN), WAITING, lambda _cast: {"refuse": "1"}, what="no reason"),
    ],
}


def outline(cast: Cast) -> dict[str, Any]:
    return {
        "file": SimpleUploadedFile("cau-hoi.txt", "Hỏi\n\n1. Số nào?\n(x) 113\n( ) 114\n".encode()),
        "collection": Collection.get_first_root_node().pk,
        "locale": Locale.get_default().pk,
    }


def file_of_questions(cast: Cast) -> list[Any]:
    """One that the editor has brought, and nobody has imported."""
    return [cast.waiting_import.uuid]


# Whose file it is not, to them it is not there.
OWN_FILE = staff(editor=OPEN, superuser=HIDDEN)
OWN_FILE_TAKEN = staff(editor=DONE, superuser=HIDDEN)


def a_competency(_cast: Cast) -> list[Any]:
    return [Competency.objects.order_by("pk").values_list("pk", flat=True)[0]]


REPORTS: dict[str, list[Probe]] = {
    "wagtailadmin_javascript_catalog": both(everyone(OPEN), everyone(METHOD)),
    "bdhvs_content_to_check": [
        get(editors(OPEN)),
        get(editors(OPEN), query="?export=csv", what="csv"),
        get(editors(OPEN), query="?export=xlsx", what="xlsx"),
    ],
    "bdhvs_content_to_check_results": [get(editors(OPEN))],
    # Counts only: those of few people for whoever may see names.
    "bdhvs_lms_coverage": [get(admins(OPEN)), get(admins(OPEN), query="?export=csv", what="csv")],
    "bdhvs_lms_coverage_results": [get(admins(OPEN))],
    "bdhvs_lms_coverage_competency": [get(admins(OPEN), a_competency)],
    # Without a file: asked for again.
    "bdhvs_content_from_word": both(editors(OPEN), editors(AGAIN), of("course", "pk")),
    # A dialog's upload; without a file it comes back.
    "bdhvs_content_recording_upload": both(editors(OPEN), editors(OPEN), lambda _cast: ["audio"]),
    # The original has no such list: back to its form.
    "bdhvs_quiz_translations": both(editors(ON), editors(ON), of("quiz_page", "pk")),
    # Quizzes that ask a question, to be published with it; without a choice nothing is.
    "bdhvs_quiz_republish": both(editors(OPEN), editors(ON), ANY),
    # Without a reason nothing is graded.
    "bdhvs_quiz_regrade": both(editors(OPEN), editors(AGAIN), of("quiz_page", "pk")),
    # Questions come from files, and leave as files: for who works in the bank.
    "bdhvs_quiz_import": [*both(editors(OPEN), editors(DONE), data=outline), post(editors(AGAIN), what="empty")],
    "bdhvs_quiz_import_preview": [
        get(OWN_FILE, file_of_questions),
        post(OWN_FILE_TAKEN, file_of_questions, lambda _cast: {"p": "1", "take": ["0"], "go": "import"}),
    ],
    "bdhvs_quiz_import_file": both(
        staff(editor=HIDDEN, superuser=HIDDEN), admins(METHOD), lambda cast: [*file_of_questions(cast), 0]
    ),
    "bdhvs_quiz_bank_export": both(editors(OPEN), admins(METHOD)),
    "bdhvs_quiz_bank_export_file": both(editors(OPEN), admins(METHOD), lambda _cast: ["plugin_example.outline"]),
    # An empty sheet to fill in: it holds nothing of anybody.
    "bdhvs_quiz_template": both(admins(OPEN), admins(METHOD)),
    # What is right in a quiz: for those who may edit it.
    "bdhvs_quiz_export": both(editors(OPEN), admins(METHOD), of("quiz_page", "pk")),
    "bdhvs_quiz_export_file": both(
        editors(OPEN), admins(METHOD), lambda cast: [cast.quiz_page.pk, "plugin_example.outline"]
    ),
}


OWN_ROWS = staff(editor=OPEN, operator=HIDDEN, superuser=OPEN)


def api_of(kind: str) -> dict[str, list[Probe]]:
    """Wagtail's lists of pictures and documents, with what the account works with (test_rights.py reads them)."""
    row = of(kind, "pk")
    return {
        "listing": both(admins(OPEN), admins(METHOD)),
        "detail": both(OWN_ROWS, admins(METHOD), row),
        "find": both(staff(editor=HIDDEN, operator=HIDDEN, superuser=HIDDEN), admins(METHOD)),
    }


def admin_entries() -> dict[str, list[Probe]]:
    entries = dict(REPORTS)
    for space, pages in (
        *OPERATORS.items(),
        ("wagtailadmin_api:images", api_of("picture")),
        ("wagtailadmin_api:documents", api_of("document")),
        ("wagtailsnippets_bdhvs_quiz_question", BANK),
        ("wagtailsnippetchoosers_bdhvs_quiz_question", CHOOSER),
        ("wagtailsnippets_bdhvs_h5p_h5pcontent", H5P_CONTENTS),
        ("wagtailsnippetchoosers_bdhvs_h5p_h5pcontent", H5P_CHOOSER),
        ("h5p_libraries", H5P_LIBRARIES),
        ("h5p_waiting", H5P_WAITING),
        *((_space(model), bank_of(model)) for model in QUESTIONS),
    ):
        entries.update({f"{space}:{name}": probes for name, probes in pages.items()})
    return entries


def _space(model: type[Any]) -> str:
    return f"wagtailsnippets_{model._meta.app_label}_{model._meta.model_name}"
