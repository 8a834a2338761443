"""The statement resource (xAPI 1.0.3 Part Three, 2.1; IEEE 9274.1.1, 4.1.6.1)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final, TypeVar
from uuid import UUID

import msgspec
from django.core import signing
from django.db import transaction
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.http import http_date

from bdhvs_xapi.conf import CATCH_UP_SECONDS, app_settings
from bdhvs_xapi.lrs import attachments, limits, parameters, signatures
from bdhvs_xapi.lrs.answers import answer, json_answer, no_content
from bdhvs_xapi.lrs.attachments import Part
from bdhvs_xapi.lrs.calls import Call
from bdhvs_xapi.lrs.credentials import Scope
from bdhvs_xapi.lrs.errors import Refused, bad, too_many
from bdhvs_xapi.outbox import multipart
from bdhvs_xapi.outbox.pace import Pace
from bdhvs_xapi.outbox.recording import before_storing, catch_up, prepare_parsed, store_prepared
from bdhvs_xapi.statements.agents import agent_key
from bdhvs_xapi.statements.errors import BatchTooLong, InvalidStatement, Problem
from bdhvs_xapi.statements.validate import Parsed, parse, parse_batch
from bdhvs_xapi.statements.vocabulary import Verb
from bdhvs_xapi.store import blobs, formats, query
from bdhvs_xapi.store.errors import StatementConflict, TooManyStatements
from bdhvs_xapi.store.facts import Recorded, facts, written_by
from bdhvs_xapi.store.prepared import Prepared
from bdhvs_xapi.store.query import Cursor, Filter, Row

_T = TypeVar("_T")
_ONE: Final = ("statementId", "voidedStatementId")
_LIST: Final = (
    "agent",
    "verb",
    "activity",
    "registration",
    "related_activities",
    "related_agents",
    "since",
    "until",
    "limit",
    "ascending",
)
_SHAPE: Final = ("format", "attachments")
_FORMATS: Final = ("exact", "ids", "canonical")
MORE: Final = "bdhvs_xapi:more"


class Statements:
    """A method for each method."""

    def put(self, call: Call) -> HttpResponse:
        call.require(Scope.STATEMENTS_WRITE)
        call.allow("statementId")
        parameters.required(call, "statementId")
        wanted = parameters.uuid(call, "statementId")
        raw, parts = attachments.read_content(call)
        parsed = _valid(lambda: parse(raw, call.version))
        if parsed.id is None and wanted is not None:
            parsed = parsed.with_id(wanted)
        elif parsed.id != wanted:
            raise bad("id", "differs from the parameter statementId")
        _store(call, [parsed], parts, raw)
        return no_content()

    def post(self, call: Call) -> HttpResponse:
        call.require(Scope.STATEMENTS_WRITE)
        call.allow()
        raw, parts = attachments.read_content(call)
        try:
            batch = _valid(lambda: parse_batch(raw, call.version, most=app_settings.MAX_BATCH))
        except BatchTooLong as error:
            raise Refused(413, str(error)) from None
        return json_answer([str(done.statement_id) for done in _store(call, batch, parts, raw)], tagged=False)

    def get(self, call: Call) -> HttpResponseBase:
        mine = _readable(call)
        call.allow(*_ONE, *_LIST, *_SHAPE)
        given = [name for name in _ONE if name in call.params]
        form = _form(call)
        with_data = parameters.flag(call, "attachments")
        if given:
            return self._one(call, given, mine, form, with_data)
        agent = parameters.agent(call, groups=True)
        filter_ = Filter(
            agent_key=None if agent is None else agent_key(agent),
            related_agents=parameters.flag(call, "related_agents"),
            verb=parameters.iri(call, "verb"),
            activity=parameters.iri(call, "activity"),
            related_activities=parameters.flag(call, "related_activities"),
            registration=parameters.uuid(call, "registration"),
            since=parameters.instant(call, "since"),
            until=parameters.instant(call, "until"),
            ascending=parameters.flag(call, "ascending"),
            limit=min(parameters.number(call, "limit") or app_settings.PAGE_SIZE, app_settings.PAGE_SIZE),
            authority=mine,
        )
        return _page(call, filter_, None, form, with_data)

    def _one(self, call: Call, given: Sequence[str], mine: str | None, form: str, with_data: bool) -> HttpResponseBase:
        others = [name for name in call.params if name not in (given[0], *_SHAPE)]
        if others:
            raise bad(others[0], f"not together with {given[0]}")
        statement_id = parameters.uuid(call, given[0])
        voided = given[0] == "voidedStatementId"
        row = query.one(statement_id or UUID(int=0), voided=voided, authority=mine, using=call.using)
        if row is None:
            raise Refused(404, "no such statement")
        [body] = _shaped(call, [row], form, mine)
        if with_data:
            return _with_data(call, body, [row], mine)
        return answer(body, modified=row.stored)


class More:
    """The next page of a list: everything is in the link, which is signed for one credential and one dialect."""

    def get(self, call: Call, token: str) -> HttpResponseBase:
        mine = _readable(call)
        call.allow()
        try:
            kept: dict[str, Any] = _signer(call).unsign_object(token)
            filter_ = msgspec.convert(kept["filter"] | {"authority": mine}, Filter)
            cursor = Cursor.decode(kept["cursor"])
        except (signing.BadSignature, ValueError, KeyError, TypeError):
            raise Refused(
                400, "this link is damaged, or was given to another credential or for another version"
            ) from None
        return _page(call, filter_, cursor, kept["form"], kept["data"])


def _signer(call: Call) -> signing.Signer:
    return signing.Signer(salt=f"bdhvs_xapi.lrs.more:{call.version}:{call.principal.key}")


# --- In --------------------------------------------------------------------------------------------------------------


def _valid(read: Callable[[], _T]) -> _T:
    try:
        return read()
    except InvalidStatement as error:
        raise Refused(400, f"invalid: {error}"[:2000], error.problems) from None


def _store(call: Call, batch: Sequence[Parsed], parts: dict[str, Part], raw: bytes) -> list[Recorded]:
    """All of them or none (3.2). Raises 400, 403 for a voiding that is not allowed or too many about somebody, 409, 413
    for what is too large."""
    most = app_settings.MAX_STATEMENT
    for position, parsed in enumerate(batch):
        if len(parsed.raw) > most:
            raise Refused(413, f"[{position}]: a statement has at most {most} bytes, attachments apart")
    if sum(len(parsed.raw) for parsed in batch) > app_settings.MAX_BATCH_BYTES:
        raise Refused(
            413,
            f"the statements of one request have at most {app_settings.MAX_BATCH_BYTES} bytes together, attachments "
            "apart: send fewer at a time",
        )
    if len(parts) > app_settings.MAX_ATTACHMENTS:
        raise Refused(413, f"at most {app_settings.MAX_ATTACHMENTS} attachments may come with one request")
    if sum(len(part.data) for part in parts.values()) > app_settings.MAX_ATTACHMENT_BYTES:
        raise Refused(
            413,
            f"the attachments of one request have at most {app_settings.MAX_ATTACHMENT_BYTES} bytes together: send "
            "fewer at a time, or a fileUrl",
        )
    data: dict[str, bytes] = {}
    # Most requests have none, and looking into every statement for them costs more than this; the word may be escaped.
    if parts or b"attachments" in raw or b"\\u00" in raw:
        data = attachments.match(batch, parts)
        for position, parsed in enumerate(batch):
            signatures.check(parsed, data, f"[{position}]." if len(batch) > 1 else "")
    prepared = prepare_parsed(batch, received_at=call.at)
    _admit(call, prepared)
    principal = call.principal
    try:
        compared = before_storing(prepared, using=call.using)
        with transaction.atomic(using=call.using):
            done = store_prepared(
                prepared,
                authority=principal.authority,
                define=principal.may(Scope.DEFINE),
                blobs=data,
                compared=compared,
                using=call.using,
            )
            if not principal.may():
                _check_voidings(call, batch)
    except InvalidStatement as error:
        raise Refused(400, f"invalid: {error}"[:2000], error.problems) from None
    except StatementConflict as error:
        raise _conflict(call, error) from None
    except TooManyStatements as error:
        raise Refused(403, str(error)) from None
    # Stored, whatever comes now. What follows from it is seen by who asks next, unless it is very much.
    pace = Pace(CATCH_UP_SECONDS, using=call.using)
    if pace():
        catch_up(pace, using=call.using)
    return done


def _admit(call: Call, batch: Sequence[Prepared]) -> None:
    """Raises 413 for statements that name too much, and 429 beyond the credential's quota."""
    total = 0
    problems = []
    for position, item in enumerate(batch):
        total += len(item.activities) + len(item.agents)
        for what, count, most in (
            ("activities", len({iri for _, iri in item.activities}), app_settings.MAX_ACTIVITIES),
            ("agents", len({key for _, key in item.agents}), app_settings.MAX_AGENTS),
        ):
            if count > most:
                problems.append(Problem(f"[{position}]", f"names {count} {what}; at most {most} are allowed"))
    if problems:
        raise Refused(413, f"{problems[0].path}: {problems[0].reason}", problems)
    if total > app_settings.MAX_NAMES:
        raise Refused(
            413,
            f"the statements name {total} activities and agents together; at most {app_settings.MAX_NAMES} are allowed "
            "in one request: send fewer at a time",
        )
    weight = sum(
        max(1, (len(item.activities) + len(item.agents)) // 10, 10 if item.object_ref is not None else 0)
        for item in batch
    )
    wait = limits.statements.take(call.principal.key, app_settings.STATEMENTS_PER_MINUTE, weight)
    if wait:
        raise too_many("too many statements with this credential", wait)


def _check_voidings(call: Call, batch: Sequence[Parsed]) -> None:
    """Without the scope ``all`` a credential voids what it wrote itself (xAPI 1.0.3 Part Two, 2.3.2: 403).

    Asked after storing, so that no statement of somebody else can come in between; the transaction is undone then.
    One answer for what is somebody else's and what is not here: it must not tell the two apart.
    """
    targets = {UUID(parsed.statement.object.id or "") for parsed in batch if parsed.statement.verb.id == Verb.VOIDED}
    if not targets:
        return
    own = written_by(call.principal.authority, targets, using=call.using)
    foreign = sorted(str(target) for target in targets - own)
    if foreign:
        raise Refused(403, f"this credential may void only statements that it wrote: {', '.join(foreign[:10])}")


def _conflict(call: Call, error: StatementConflict) -> Refused:
    """409. Which properties differ is said to those who may read the stored statement."""
    text = f"statement {error.statement_id} is already stored with other content"
    principal = call.principal
    readable = principal.may(Scope.STATEMENTS_READ, Scope.ALL_READ) or any(
        fact.authority == principal.authority
        for fact in facts(statement_ids=[error.statement_id], include_voided=True, using=call.using)
    )
    return Refused(409, f"{text} in: {', '.join(error.properties)}" if readable and error.properties else text)


# --- Out -------------------------------------------------------------------------------------------------------------


def _readable(call: Call) -> str | None:
    """The authority whose statements alone may be seen; None: all."""
    call.require(Scope.STATEMENTS_READ_MINE, Scope.STATEMENTS_READ, Scope.ALL_READ)
    principal = call.principal
    return None if principal.may(Scope.STATEMENTS_READ, Scope.ALL_READ) else principal.authority


def _form(call: Call) -> str:
    form = call.params.get("format", "exact")
    if form not in _FORMATS:
        raise bad("format", f"expected {', '.join(_FORMATS)}")
    return form


def _page(call: Call, filter_: Filter, cursor: Cursor | None, form: str, with_data: bool) -> HttpResponseBase:
    page = query.page(filter_, after=cursor, using=call.using)
    more = ""
    if page.more is not None:
        kept = {
            "filter": {name: value for name, value in msgspec.to_builtins(filter_).items() if name != "authority"},
            "cursor": page.more.encode(),
            "form": form,
            "data": with_data,
        }
        more = reverse(MORE, args=[_signer(call).sign_object(kept, compress=True)])
    listed = b",".join(_shaped(call, page.rows, form, filter_.authority))
    content = b'{"statements":[%s],"more":%s}' % (listed, msgspec.json.encode(more))
    if with_data:
        return _with_data(call, content, page.rows, filter_.authority)
    return answer(content, modified=_newest(page.rows))


def _shaped(call: Call, rows: Sequence[Row], form: str, mine: str | None) -> list[bytes]:
    bodies = [row.body for row in rows]
    match form:
        case "ids":
            return [formats.ids(body) for body in bodies]
        case "canonical":
            # What is canonical comes from everybody's statements: who reads only "mine" gets its own words.
            languages = parameters.languages(call.header("ACCEPT_LANGUAGE"))
            return formats.canonical_all(bodies, languages, gathered=mine is None, using=call.using)
        case _:
            return bodies


def _with_data(call: Call, content: bytes, rows: Sequence[Row], mine: str | None) -> StreamingHttpResponse:
    """multipart/mixed, whether or not there are attachments (2.1.3).

    Who reads only "mine" gets no data of an attachment that has a fileUrl: such a statement needs no data to be
    stored, so naming a digest would be enough to read what somebody else has sent.
    """
    declared = attachments.declared((row.body for row in rows), with_urls=mine is None)
    boundary = multipart.new_boundary()
    load = partial(blobs.get, using=call.using)
    response = StreamingHttpResponse(
        attachments.multipart(content, declared, load, boundary),
        content_type=multipart.content_type(boundary),
    )
    newest = _newest(rows)
    if newest is not None:
        response.headers["Last-Modified"] = http_date(newest.timestamp())
    return response


def _newest(rows: Sequence[Row]) -> datetime | None:
    """When the newest of them was stored: the Last-Modified of a list (IEEE 9274.1.1, 4.1.6.1)."""
    return max((row.stored for row in rows), default=None)
