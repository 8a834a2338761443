"""Addresses outside the admin."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from bdhvs_lms.base.api import now
from bdhvs_lms.classes.sign_in.devices import sign_in_token
from bdhvs_lms.conf import app_settings
from bdhvs_quiz.api import SingleChoiceQuestion
from bdhvs_quiz.grading import field_name
from tests.bdhvs_content.pages import option_id
from tests.permissions.answers import (
    AGAIN,
    DONE,
    HIDDEN,
    METHOD,
    ON,
    OPEN,
    REFUSED,
    SIGN_IN,
    Answers,
    Probe,
    both,
    everyone,
    get,
    no_arguments,
    post,
)
from tests.permissions.roles import Cast


def an_act(_cast: Cast) -> dict[str, str]:
    return {"act_id": str(uuid4())}


def agreed(_cast: Cast) -> dict[str, str]:
    return {"consent": "on", "text_version": app_settings.CONSENT_VERSION}


def meant(_cast: Cast) -> dict[str, str]:
    return {"confirmed": "on"}


def answers_page(cast: Cast) -> dict[str, Any]:
    """The form of the open attempt as it comes to the learner: nothing chosen, and its script has not run."""
    step = cast.open.steps.order_by("seq").last()
    return {**an_act(cast), "base": step.seq if step else 0, "copy": "", "do": "save"}


def an_answer(cast: Cast) -> dict[str, Any]:
    row = cast.used[SingleChoiceQuestion]
    return {**answers_page(cast), field_name(str(row.key)): option_id(row, 1)}


def of(*path: str) -> Any:
    """The cast's attribute as the only argument: of("quiz_page", "translation_key")."""

    def arguments(cast: Cast) -> list[Any]:
        value: Any = cast
        for step in path:
            value = getattr(value, step)
        return [value]

    return arguments


def learners(word: str, other: str | None = None, *, rest: str = ON) -> Answers:
    """Where a learner acts, visitors sign in, and accounts without a learner are led to where they become one."""
    return everyone(rest, anonymous=SIGN_IN, learner=word, pin_learner=word, other_learner=other or word)


def told(word: str) -> Answers:
    """What a script is told by a status: to sign in, or that it is somebody else's."""
    return everyone("401", learner=word, pin_learner=word, other_learner=REFUSED)


# A session by PIN has no account either: what asks for one sends it to sign in.
NO_ACCOUNT = {"anonymous": SIGN_IN, "pin_learner": SIGN_IN}
# What others may have seen or guessed is not enough for it.
LIMITED = {"pin_learner": REFUSED}
OWN = learners(OPEN)
LESSON, QUIZ, COURSE = (of(name, "translation_key") for name in ("lesson_page", "quiz_page", "course"))
H5P_ATTEMPT = of("h5p_attempt", "uuid")
TEACHERS = everyone(REFUSED, **NO_ACCOUNT, teacher=OPEN, other_teacher=OPEN, superuser=OPEN)
TEACHER = everyone(HIDDEN, **NO_ACCOUNT, teacher=OPEN, superuser=OPEN)
COMMITTEES = everyone(REFUSED, **NO_ACCOUNT, steering=OPEN, other_steering=OPEN, confirmer=OPEN, superuser=OPEN)
OFFICERS = everyone(REFUSED, **NO_ACCOUNT, confirmer=OPEN, superuser=OPEN)
COMMITTEE = {**COMMITTEES, "other_steering": HIDDEN}
# Its area's committee, and operators, who look after all of them.
READING = {**COMMITTEE, "operator": OPEN}
HERE = "?dia-ban=10015@2025-07-01"
# The form comes back with its list of names.
SHOWN_AGAIN = f"{AGAIN}, and a look at people was logged"
LOOKED = ", and a look at people was logged"
# Whose own it is, without a trace; whoever may revoke it, with one.
CERTIFICATE = everyone(
    HIDDEN,
    anonymous=SIGN_IN,
    learner=OPEN,
    pin_learner=OPEN,
    **dict.fromkeys(("teacher", "confirmer", "superuser"), OPEN + LOOKED),
)
# A teacher reads it.
REVOKE = {**CERTIFICATE, "teacher": HIDDEN, "learner": HIDDEN, "pin_learner": SIGN_IN}
# Out, and no device of the account is known any more.
OUT = f"{SIGN_IN}, but wrote bdhvs_lms_signinaccount"


def read_only(answers: Answers, arguments: Any = no_arguments, **more: Any) -> list[Probe]:
    """A page to read: nobody gets anywhere with a form."""
    return [get(answers, arguments, **more), post(everyone(METHOD), arguments, what="form")]


def class_file(cast: Cast) -> Any:
    return {"class_uuid": cast.class_group.uuid, "kind": "csv"}


def member_of_class(cast: Cast) -> Any:
    return [cast.class_group.uuid, cast.owner.actor]


def attempt_of_member(cast: Cast) -> Any:
    return [*member_of_class(cast), cast.submitted.uuid]


def why_of_member(cast: Cast) -> Any:
    return [*member_of_class(cast), "test-framework", "A1", 1]


def stranger_to_class(cast: Cast) -> Any:
    return [cast.class_group.uuid, cast.stranger.actor]


def session_of_class(cast: Cast) -> Any:
    return [cast.class_group.uuid, cast.session.uuid]


def another_session(cast: Cast) -> Any:
    return [cast.class_group.uuid, cast.class_group.uuid]


def class_task(cast: Cast) -> Any:
    return [cast.class_group.uuid, cast.task_page.translation_key]


def class_task_of(name: str) -> Any:
    return lambda cast: [*class_task(cast), getattr(cast, name).actor]


def observation(cast: Cast) -> Any:
    return [cast.class_group.uuid, cast.observed.observation.uuid]


def paper(cast: Cast) -> Any:
    return [cast.class_group.uuid, cast.paper_pack.uuid]


def paper_sheet(cast: Cast) -> Any:
    return [*paper(cast), 1]


def of_certificate(cast: Cast) -> Any:
    return [cast.certificate.uuid]


def agreed_to_confirm(cast: Cast) -> dict[str, Any]:
    paper = {"day": "2025-11-14", "number": "13/XN", "signer": "Trần Văn Cường", "unit": "UBND phường Thử"}
    return {**an_act(cast), "do": "confirm", "learner": cast.owner.pk, **paper}


def about_proposal(cast: Cast) -> dict[str, Any]:
    """Of the learner, by the class's teacher."""
    return {"noi-dung": f"c{cast.a1.pk}-1", "reason": "Chưa có biên bản", "learner": cast.owner.pk}


def refused_proposal(cast: Cast) -> dict[str, Any]:
    return {"do": "refuse", **about_proposal(cast)}


def proposal_taken_back(cast: Cast) -> dict[str, Any]:
    return {"do": "take-back", **about_proposal(cast)}


def agreed_to_propose(cast: Cast) -> dict[str, Any]:
    return {"do": "propose", "learner": cast.owner.pk}


def did_not_come(cast: Cast) -> dict[str, Any]:
    member = cast.going_retest.members.get()
    return {**an_act(cast), "mau": str(cast.going_retest.uuid), f"nguoi-{member.pk}": "absent"}


def reason_to_revoke(cast: Cast) -> dict[str, Any]:
    return {**an_act(cast), "reason": "Sai người"}


def file(kind: str, **more: str) -> Any:
    return lambda _cast: {"kind": kind, **more}


TARGET = {"plan_key": "plan", "target_key": "T3-2025"}

SITE: dict[str, list[Probe]] = {
    "healthz": read_only(everyone(OPEN)),
    # Without a token in the settings; with one: tests/site/test_metrics.py.
    "metrics": [get(everyone(HIDDEN)), post(everyone(METHOD))],
    "rendition": read_only(everyone(HIDDEN), lambda _cast: ["none.jpg"]),
    "recording": read_only(everyone(HIDDEN), lambda _cast: {"folder": "media", "name": "none.mp4"}),
    "bdhvs_profile:profile": read_only(everyone(OPEN)),
    "bdhvs_profile:profile-version": read_only(everyone(OPEN), lambda _cast: ["v1"]),
    "bdhvs_theme:guides": read_only(everyone(OPEN)),
    "bdhvs_theme:guide": [
        *read_only(everyone(OPEN), lambda _cast: ["nguoi-van-hanh"]),
        get(everyone(HIDDEN), lambda _cast: ["khong-co"], what="none such"),
    ],
    "bdhvs_theme:text-size": both(everyone(METHOD), everyone(ON), data=lambda _cast: {"size": "115"}),
    "bdhvs_lms:help": read_only(everyone(OPEN)),
    "bdhvs_lms:frameworks": read_only(everyone(OPEN)),
    "bdhvs_lms:sign-in": both(everyone(ON, anonymous=OPEN), everyone(ON, anonymous=AGAIN)),
    # No provider is named, and nobody is asked for a second factor; with them: tests/bdhvs_allauth.
    "bdhvs_allauth:oidc": read_only(everyone(OPEN)),
    "bdhvs_allauth:oidc-go": read_only(everyone(HIDDEN)),
    "bdhvs_allauth:left": read_only(everyone(OPEN)),
    "bdhvs_allauth_return:return": read_only(everyone(HIDDEN)),
    **{
        f"bdhvs_allauth:{name}": both(everyone(HIDDEN), everyone(HIDDEN))
        for name in ("second-factor", "check", "add-app", "add-key", "codes")
    },
    "bdhvs_lms:sign-out": both(everyone(METHOD), everyone(SIGN_IN)),
    "bdhvs_lms:self-register": both({**learners(OPEN), "anonymous": OPEN}, {**learners(OPEN), "anonymous": AGAIN}),
    "bdhvs_lms:learn-with-account": both(learners(ON, rest=OPEN), learners(ON, rest=AGAIN)),
    "bdhvs_lms:registered": read_only(OWN),
    "bdhvs_lms:join": both(everyone(OPEN), everyone(AGAIN)),
    # In the class already: on to it.
    "bdhvs_lms:join-class": [
        get(everyone(OPEN, learner=ON, pin_learner=ON), of("class_group", "code")),
        post(
            everyone(OPEN, anonymous=AGAIN, learner=ON, pin_learner=ON, other_learner=DONE), of("class_group", "code")
        ),
    ],
    "bdhvs_lms:class-newcomers": [
        get(TEACHER, of("class_group", "uuid")),
        post({**TEACHER, "teacher": ON, "superuser": ON}, of("class_group", "uuid")),
    ],
    "bdhvs_lms:class-poster": read_only(TEACHER, of("class_group", "uuid")),
    "bdhvs_lms:class-poster-pdf": read_only(TEACHER, of("class_group", "uuid")),
    "bdhvs_lms:class-signatures": read_only(TEACHER, of("class_group", "uuid"), people=True),
    "bdhvs_lms:class-signatures-pdf": read_only(TEACHER, of("class_group", "uuid"), people=True),
    "bdhvs_lms:class-new": both(
        TEACHERS, everyone(REFUSED, **NO_ACCOUNT, teacher=AGAIN, other_teacher=AGAIN, superuser=AGAIN)
    ),
    **{
        f"bdhvs_lms:{name}": both(
            TEACHER, everyone(HIDDEN, **NO_ACCOUNT, teacher=AGAIN, superuser=AGAIN), of("class_group", "uuid")
        )
        for name in ("class-add", "class-courses", "session-new")
    },
    # The cast's teacher owns no class.
    **{
        f"bdhvs_lms:{name}": both(
            TEACHER, everyone(HIDDEN, **NO_ACCOUNT, teacher=REFUSED, superuser=AGAIN), of("class_group", "uuid")
        )
        for name in ("class-teachers", "class-settings")
    },
    "bdhvs_lms:class-sessions": read_only(TEACHER, of("class_group", "uuid")),
    "bdhvs_lms:session": [
        get(TEACHER, session_of_class, people=True),
        post(everyone(HIDDEN, **NO_ACCOUNT, teacher=DONE, superuser=DONE), session_of_class),
        get(everyone(HIDDEN, **NO_ACCOUNT), another_session, what="of no class"),
    ],
    "bdhvs_lms:session-edit": both(
        TEACHER, everyone(HIDDEN, **NO_ACCOUNT, teacher=AGAIN, superuser=AGAIN), session_of_class
    ),
    "bdhvs_lms:visit-new": [
        get(TEACHER, of("class_group", "uuid"), people=True),
        post(everyone(HIDDEN, **NO_ACCOUNT, teacher=SHOWN_AGAIN, superuser=SHOWN_AGAIN), of("class_group", "uuid")),
    ],
    "bdhvs_lms:password": both(
        everyone(OPEN, anonymous=SIGN_IN, **LIMITED), everyone(AGAIN, anonymous=SIGN_IN, **LIMITED)
    ),
    "bdhvs_lms:places": read_only(everyone(OPEN, **NO_ACCOUNT)),
    "bdhvs_lms:sign-out-everywhere": both(everyone(OPEN, **NO_ACCOUNT), everyone(OUT, **NO_ACCOUNT)),
    # Nothing that a browser was not let in to: by the class's QR code, or while its teacher holds sign-in open.
    "bdhvs_lms:class-sign-in": both(everyone(OPEN), everyone(AGAIN), data=lambda cast: {"code": cast.class_group.code}),
    "bdhvs_lms:class-names": read_only(everyone(ON), of("class_group", "uuid")),
    "bdhvs_lms:class-pin": both(everyone(ON), everyone(ON), lambda cast: [cast.class_group.uuid, 1]),
    "bdhvs_lms:class-scanned": [
        *read_only(everyone(ON), lambda cast: [cast.class_group.uuid, sign_in_token(cast.class_group, now())]),
        get(everyone(ON), lambda cast: [cast.class_group.uuid, "A" * 27], what="void"),
    ],
    "bdhvs_lms:choose-pin": both(
        # The pictures have been chosen.
        learners(ON, HIDDEN),
        learners(ON, HIDDEN),
        of("class_group", "uuid"),
    ),
    # Without a card that was scanned just now, pressing says how to scan one.
    "bdhvs_lms:card-help": both(everyone(OPEN), everyone(AGAIN)),
    "bdhvs_lms:card": [
        *read_only(everyone(ON), lambda cast: [cast.card]),
        get(everyone(HIDDEN), lambda _cast: ["A" * 27], what="void"),
    ],
    "bdhvs_lms:class-door": [
        # Whoever chose their pictures lately is named.
        get(TEACHER, of("class_group", "uuid"), people=True),
        post(
            everyone(HIDDEN, **NO_ACCOUNT, teacher=DONE, superuser=DONE),
            of("class_group", "uuid"),
            data=lambda _cast: {"do": "open"},
        ),
    ],
    "bdhvs_lms:person-sign-in": [
        get(TEACHER, member_of_class, people=True),
        post(
            everyone(HIDDEN, **NO_ACCOUNT, teacher=DONE, superuser=DONE),
            member_of_class,
            data=lambda _cast: {"do": "card"},
            people=True,
        ),
        get(everyone(HIDDEN, **NO_ACCOUNT), stranger_to_class, what="of no member"),
    ],
    "bdhvs_lms:class-person": [
        get(TEACHER, member_of_class, people=True),
        post(
            everyone(HIDDEN, **NO_ACCOUNT, teacher=DONE, superuser=DONE),
            member_of_class,
            data=lambda cast: {**an_act(cast), "do": "note", "note": "Mắt kém"},
            people=True,
        ),
        get(everyone(HIDDEN, **NO_ACCOUNT), stranger_to_class, what="of no member"),
    ],
    "bdhvs_lms:class-questions": read_only(TEACHER, of("class_group", "uuid"), people=True),
    # Whom the class's page shows, in a form: nothing is written but the look.
    "bdhvs_lms:class-reminders": both(TEACHER, TEACHER, of("class_group", "uuid"), people=True),
    "bdhvs_lms:class-person-attempt": read_only(TEACHER, attempt_of_member, people=True),
    "bdhvs_lms:class-person-why": read_only(TEACHER, why_of_member, people=True),
    "bdhvs_lms:class-cards": [
        get(TEACHER, of("class_group", "uuid"), people=True),
        post(everyone(HIDDEN, **NO_ACCOUNT, teacher=ON, superuser=ON), of("class_group", "uuid")),
    ],
    "bdhvs_lms:class-cards-pdf": read_only(TEACHER, of("class_group", "uuid"), people=True),
    "bdhvs_lms:go-on": read_only(learners(ON)),
    "bdhvs_lms:start": read_only(everyone(ON, anonymous=SIGN_IN)),
    "bdhvs_lms:my-learning": read_only(OWN),
    "bdhvs_lms:my-classes": read_only(OWN),
    "bdhvs_lms:matches": both(OWN, learners(AGAIN)),
    "bdhvs_lms:my-results": read_only(OWN),
    "bdhvs_lms:open-activity": [*read_only(everyone(ON), LESSON), get(everyone(HIDDEN), of("task"), what="no page")],
    "bdhvs_lms:why": read_only(OWN, lambda _cast: ["test-framework", "A1", 1]),
    "bdhvs_lms:my-data": read_only(OWN),
    "bdhvs_lms:my-data-accesses": read_only(OWN),
    "bdhvs_lms:my-data-copy": [
        get({**OWN, **LIMITED}, people=True),
        post(everyone(METHOD), what="sent"),
    ],
    "bdhvs_lms:my-data-ask": both(everyone(METHOD), learners(DONE), data=lambda _cast: {"kind": "copy", "words": ""}),
    "bdhvs_lms:class-papers": [
        get(TEACHER, of("class_group", "uuid"), people=True),
        post(
            {**TEACHER, "teacher": DONE, "superuser": DONE},
            of("class_group", "uuid"),
            lambda cast: {"learner": cast.owner.pk, "signed_on": "2025-11-14", "kept_at": "Tủ 2"},
            people=True,
        ),
    ],
    "bdhvs_lms:class-consent-form": read_only(TEACHER, of("class_group", "uuid"), people=True),
    "bdhvs_lms:class-consent-form-pdf": read_only(TEACHER, of("class_group", "uuid"), people=True),
    "bdhvs_lms:my-data-download": [
        get(everyone(METHOD)),
        post({**OWN, **LIMITED}, people=True),
    ],
    "bdhvs_lms:my-data-withdraw": both(everyone(METHOD), learners(DONE), data=meant),
    # The erased account's own looks at people stay in the log, under another name.
    "bdhvs_lms:my-data-erase": [
        get({**OWN, **LIMITED}),
        post({**learners(DONE), **LIMITED}, data=meant, people=True),
    ],
    "bdhvs_lms:class-confirm": [
        get(TEACHER, of("class_group", "uuid"), people=True),
        post({**TEACHER, "teacher": SHOWN_AGAIN, "superuser": SHOWN_AGAIN}, of("class_group", "uuid")),
        post(
            {**TEACHER, "teacher": DONE, "superuser": DONE},
            of("class_group", "uuid"),
            agreed_to_propose,
            what="agreed",
            people=True,
        ),
        post(
            # Superusers teach every class, but take back what they proposed themselves.
            {**TEACHER, "teacher": DONE, "superuser": SHOWN_AGAIN},
            of("class_group", "uuid"),
            proposal_taken_back,
            what="taken back",
            people=True,
        ),
    ],
    "bdhvs_lms:area-confirm": [
        get(OFFICERS, people=True),
        post({**OFFICERS, "confirmer": SHOWN_AGAIN, "superuser": SHOWN_AGAIN}),
        post({**OFFICERS, "confirmer": DONE, "superuser": DONE}, data=agreed_to_confirm, what="agreed", people=True),
        post({**OFFICERS, "confirmer": DONE, "superuser": DONE}, data=refused_proposal, what="refused", people=True),
    ],
    "bdhvs_lms:class-retest": [
        get(TEACHER, of("class_group", "uuid"), people=True),
        post({**TEACHER, "teacher": SHOWN_AGAIN, "superuser": SHOWN_AGAIN}, of("class_group", "uuid")),
        post(
            {**TEACHER, "teacher": DONE, "superuser": DONE},
            of("class_group", "uuid"),
            did_not_come,
            what="did not come",
            people=True,
        ),
    ],
    "bdhvs_lms:retests": read_only({**COMMITTEES, "operator": OPEN}),
    "bdhvs_lms:retest-draw": [
        get(everyone(REFUSED, **NO_ACCOUNT, operator=OPEN, superuser=OPEN)),
        post(everyone(REFUSED, anonymous=SIGN_IN, pin_learner=SIGN_IN, operator=AGAIN, superuser=AGAIN)),
    ],
    "bdhvs_lms:retest": [
        get(READING, of("retest", "uuid")),
        post(
            {role: REFUSED if word == OPEN else word for role, word in READING.items()}
            | {"operator": AGAIN, "superuser": AGAIN},
            of("retest", "uuid"),
        ),
        post(
            {role: REFUSED if word == OPEN else word for role, word in READING.items()}
            | {"operator": DONE, "superuser": DONE},
            of("overdue_retest", "uuid"),
            an_act,
            what="closing",
        ),
    ],
    "bdhvs_lms:retest-file": read_only(READING, lambda cast: {"uuid": cast.retest.uuid, "kind": "csv"}),
    "bdhvs_lms:retest-list": [
        get(OFFICERS, of("going_retest", "uuid"), people=True),
        post({**OFFICERS, "confirmer": SHOWN_AGAIN, "superuser": SHOWN_AGAIN}, of("going_retest", "uuid")),
        post(
            {**OFFICERS, "confirmer": DONE, "superuser": DONE},
            of("going_retest", "uuid"),
            did_not_come,
            what="did not come",
            people=True,
        ),
    ],
    "bdhvs_lms:check-certificate": both(everyone(OPEN), everyone(AGAIN)),
    "bdhvs_lms:certificate-check": [
        *both(everyone(OPEN), everyone(AGAIN), of("certificate", "code")),
        get(everyone(HIDDEN), lambda _cast: ["0" * 16], what="forged"),
    ],
    "bdhvs_lms:certificate": read_only(CERTIFICATE, of_certificate),
    "bdhvs_lms:certificate-pdf": read_only(CERTIFICATE, of_certificate),
    "bdhvs_lms:certificate-revoke": [
        get(REVOKE, of_certificate),
        post(
            {role: word.replace(OPEN, AGAIN) for role, word in REVOKE.items()},
            of_certificate,
        ),
        post(
            {role: word.replace(OPEN, DONE) for role, word in REVOKE.items()},
            of_certificate,
            reason_to_revoke,
            what="with a reason",
        ),
    ],
    "bdhvs_lms:class-list": read_only(TEACHERS),
    # Who leads a team, and nobody else, whatever their rank.
    "bdhvs_lms:own-teams": read_only(everyone(REFUSED, **NO_ACCOUNT, other_teacher=OPEN)),
    "bdhvs_lms:class-review": read_only(TEACHER, of("class_group", "uuid"), people=True),
    "bdhvs_lms:class-file": read_only(TEACHER, class_file, people=True),
    "bdhvs_lms:board": [*read_only(COMMITTEES), get(COMMITTEE, query=HERE, what="this area")],
    # On to the last reading's file, or to where readings are frozen.
    "bdhvs_lms:board-file": [
        *read_only({role: ON if word == OPEN else word for role, word in COMMITTEES.items()}, file("csv")),
        get({role: ON if word == OPEN else word for role, word in COMMITTEE.items()}, file("xlsx"), query=HERE),
    ],
    # Switched on: tests/bdhvs_lms/reporting/test_readings.py.
    "bdhvs_lms:public-figures": read_only(everyone(HIDDEN)),
    "bdhvs_lms:public-file": read_only(everyone(HIDDEN), lambda cast: {"uuid": cast.reading.uuid, "kind": "xlsx"}),
    "bdhvs_lms:readings": [
        get({**COMMITTEES, "operator": OPEN}),
        post(everyone(REFUSED, anonymous=SIGN_IN, pin_learner=SIGN_IN, operator=AGAIN, superuser=AGAIN)),
    ],
    "bdhvs_lms:reading": read_only(READING, of("reading", "uuid")),
    "bdhvs_lms:reading-file": read_only(READING, lambda cast: {"uuid": cast.reading.uuid, "kind": "xlsx"}),
    "bdhvs_lms:reading-compare": read_only(READING, of("reading", "uuid")),
    "bdhvs_lms:reading-report": [
        get(READING, of("reading", "uuid")),
        post({role: AGAIN if word == OPEN else word for role, word in READING.items()}, of("reading", "uuid")),
    ],
    "bdhvs_lms:reading-report-file": read_only(READING, lambda cast: {"uuid": cast.reading.uuid, "kind": "docx"}),
    "bdhvs_lms:board-gain": [*read_only(COMMITTEES), get(COMMITTEE, query=HERE, what="this area")],
    "bdhvs_lms:board-target": [
        *read_only(COMMITTEES, lambda _cast: TARGET),
        get(COMMITTEE, lambda _cast: TARGET, query=HERE, what="this area"),
    ],
    "bdhvs_lms:board-classes": [
        *read_only(COMMITTEES, lambda _cast: TARGET),
        get(COMMITTEE, lambda _cast: TARGET, query=HERE, what="this area"),
    ],
    "bdhvs_content:enrol": both(everyone(METHOD), learners(ON, DONE), COURSE, agreed),
    "bdhvs_content:pocket-sheet": read_only(everyone(OPEN, anonymous=ON, other_learner=ON), LESSON),
    "bdhvs_content:pocket-sheet-pdf": read_only(everyone(OPEN, anonymous=ON, other_learner=ON), LESSON),
    # No film in it: nothing to be shown, to nobody.
    "bdhvs_content:captions": read_only(everyone(HIDDEN), lambda cast: [cast.lesson_page.translation_key, UUID(int=7)]),
    "bdhvs_content:lesson-read": both(everyone(METHOD), learners(DONE, REFUSED), LESSON, an_act),
    # The learner goes on with the attempt that is open.
    "bdhvs_quiz:begin": both(everyone(METHOD), learners(ON, REFUSED), QUIZ, an_act),
    "bdhvs_quiz:attempt": [
        get(learners(OPEN, HIDDEN, rest=HIDDEN), of("open", "uuid")),
        post(learners(DONE, HIDDEN, rest=HIDDEN), of("open", "uuid"), an_answer),
        # What is kept already is not kept again.
        post(learners(ON, HIDDEN, rest=HIDDEN), of("open", "uuid"), answers_page, what="nothing new"),
    ],
    # The learner goes on here too. Others are told nothing of an attempt but that it is not theirs.
    "bdhvs_h5p:begin": both(everyone(METHOD), learners(ON, REFUSED), of("h5p_page", "translation_key"), an_act),
    "bdhvs_h5p:attempt": read_only(learners(OPEN, HIDDEN, rest=HIDDEN), H5P_ATTEMPT),
    # Nothing that is finished by hand: the act alone is asked for.
    "bdhvs_h5p:done": both(everyone(METHOD), learners(AGAIN, HIDDEN, rest=HIDDEN), H5P_ATTEMPT, an_act),
    # JSON for the page's script, which tells from the status whose turn it is; a form is no JSON.
    "bdhvs_h5p:statements": both(everyone(METHOD), told("415"), H5P_ATTEMPT, an_act),
    "bdhvs_h5p:state": both(everyone(METHOD), told("415"), H5P_ATTEMPT, an_act),
    # The class's course has one task: at once to it.
    "bdhvs_tasks:class-tasks": read_only(
        everyone(HIDDEN, **NO_ACCOUNT, teacher=ON, superuser=ON), of("class_group", "uuid")
    ),
    "bdhvs_tasks:class-task": [
        get(TEACHER, class_task, people=True),
        post(
            everyone(HIDDEN, **NO_ACCOUNT, teacher=DONE, superuser=DONE),
            class_task,
            lambda cast: {**an_act(cast), "version": "1", "all": str(cast.owner.actor)},
        ),
    ],
    "bdhvs_tasks:class-sheet": read_only(TEACHER, class_task, people=True),
    "bdhvs_tasks:class-person": [
        get(TEACHER, class_task_of("owner"), people=True),
        post(
            everyone(HIDDEN, **NO_ACCOUNT, teacher=DONE, superuser=DONE),
            class_task_of("owner"),
            lambda cast: {**an_act(cast), "version": "1", "do": "none"},
        ),
        get(everyone(HIDDEN, **NO_ACCOUNT), class_task_of("stranger"), what="of no member"),
    ],
    "bdhvs_tasks:correct": [
        get(TEACHER, observation, people=True),
        post(
            everyone(HIDDEN, **NO_ACCOUNT, teacher=DONE, superuser=DONE),
            observation,
            lambda cast: {**an_act(cast), "do": "take-back"},
        ),
    ],
    # The address itself is the right, and knows nobody (tests/bdhvs_h5p/test_player.py has what one opens).
    "bdhvs_h5p_player:document": read_only(everyone(HIDDEN), lambda _cast: ["token"]),
    "bdhvs_h5p_player:content": read_only(everyone(HIDDEN), lambda _cast: ["token", "a.png"]),
    "bdhvs_h5p_player:library": read_only(everyone(HIDDEN), lambda _cast: ["H5P.X-1.0", "0" * 64, "a.js"]),
    "bdhvs_h5p_player:joined": read_only(everyone(HIDDEN), lambda _cast: {"sha256": "0" * 64, "kind": "js"}),
    "bdhvs_quiz:class-papers": [
        get(TEACHER, of("class_group", "uuid")),
        # A form that says nothing makes nothing.
        post({**TEACHER, "teacher": AGAIN, "superuser": AGAIN}, of("class_group", "uuid")),
    ],
    "bdhvs_quiz:paper-pack": read_only(TEACHER, paper, people=True),
    "bdhvs_quiz:paper-print": read_only(TEACHER, paper, people=True),
    "bdhvs_quiz:paper-print-pdf": read_only(TEACHER, paper, people=True),
    "bdhvs_quiz:paper-key": read_only(TEACHER, paper),
    "bdhvs_quiz:paper-key-pdf": read_only(TEACHER, paper),
    "bdhvs_quiz:paper-sheet": [
        get(TEACHER, paper_sheet, people=True),
        post(
            everyone(HIDDEN, **NO_ACCOUNT, teacher=DONE, superuser=DONE),
            paper_sheet,
            lambda cast: {**an_act(cast), "base": 0, "confirmed": "1"},
            people=True,
        ),
    ],
    "bdhvs_quiz:paper-return": [
        # What is not entered is not taken back.
        get({**TEACHER, "teacher": ON, "superuser": ON}, paper_sheet),
        post({**TEACHER, "teacher": SHOWN_AGAIN, "superuser": SHOWN_AGAIN}, paper_sheet),
    ],
    "bdhvs_quiz:reopen": [
        get(TEACHER, attempt_of_member, people=True),
        # Another attempt at the quiz is open: this one stays as it is.
        post(
            {**TEACHER, "teacher": SHOWN_AGAIN, "superuser": SHOWN_AGAIN},
            attempt_of_member,
            data=lambda cast: {**an_act(cast), "reason": "Mất điện"},
            people=True,
        ),
    ],
    "bdhvs_quiz:result": read_only(learners(OPEN, HIDDEN, rest=HIDDEN), of("submitted", "uuid")),
}

# For other systems, who bring a key and a secret. A session opens nothing there, whosever it is: without a version
# header the answer is 400 before anybody asks who it is (tests/bdhvs_xapi/lrs has what credentials may do).
MACHINES: dict[str, list[Probe]] = {
    "bdhvs_xapi:about": read_only(everyone(OPEN)),
    "bdhvs_xapi:statements": both(everyone(AGAIN), everyone(AGAIN)),
    "bdhvs_xapi:more": read_only(everyone(AGAIN), lambda _cast: ["token"]),
    "bdhvs_xapi:activities": read_only(everyone(AGAIN)),
    "bdhvs_xapi:state": both(everyone(AGAIN), everyone(AGAIN)),
    "bdhvs_xapi:activity-profile": both(everyone(AGAIN), everyone(AGAIN)),
    "bdhvs_xapi:agents": read_only(everyone(AGAIN)),
    "bdhvs_xapi:agent-profile": both(everyone(AGAIN), everyone(AGAIN)),
    "bdhvs_xapi:unknown": both(everyone(HIDDEN), everyone(HIDDEN), lambda _cast: {"resource": "nothing"}),
}
