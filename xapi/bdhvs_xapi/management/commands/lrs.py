"""``manage.py lrs``: credentials of the record store."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError

from bdhvs_xapi.lrs.credentials import Scope, create_credential, revoke
from bdhvs_xapi.lrs.models import Credential
from bdhvs_xapi.statements.errors import InvalidStatement
from bdhvs_xapi.store.models import Trust


class Command(BaseCommand):
    """Makes a credential and prints its secret once; lists credentials; revokes one."""

    help = "Create, list and revoke credentials of the record store (xAPI)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parts = parser.add_subparsers(dest="part", required=True)
        make = parts.add_parser("credential", help="create one and print its key and, only once, its secret")
        make.add_argument("name", help='its name for operators, for example "H5P of the district"')
        make.add_argument(
            "--scope",
            action="append",
            required=True,
            choices=[scope.value for scope in Scope],
            dest="scopes",
            help="a permission; may be repeated",
        )
        make.add_argument(
            "--trust",
            choices=[trust.name.lower() for trust in Trust],
            default=Trust.CLIENT_REPORTED.name.lower(),
            help="how far its statements are trusted, for good (default: client_reported, which proves nothing)",
        )
        make.add_argument("--json", action="store_true", help="print one JSON object")
        listing = parts.add_parser("credentials", help="list them, without their secrets")
        listing.add_argument("--json", action="store_true", help="print one JSON object per line")
        ending = parts.add_parser("revoke", help="revoke one; what it wrote stays")
        ending.add_argument("key")

    def handle(self, *args: Any, part: str, **options: Any) -> None:
        match part:
            case "credential":
                self._make(**options)
            case "credentials":
                self._list(**options)
            case _:
                self._revoke(**options)

    def _make(self, *, name: str, scopes: list[str], trust: str, json: bool, **options: Any) -> None:
        try:
            credential, secret = create_credential(
                name, scopes=scopes, trust=Trust[trust.upper()], at=datetime.now(UTC)
            )
        except (ValueError, InvalidStatement, ImproperlyConfigured) as error:
            raise CommandError(str(error)) from None
        if json:
            self._write_json({"key": credential.key, "secret": secret})
        else:
            self.stdout.write(f"key: {credential.key}\nsecret: {secret}")

    def _list(self, *, json: bool, **options: Any) -> None:
        for credential in Credential.objects.select_related("authority").order_by("created", "pk"):
            row = {
                "key": credential.key,
                "name": credential.name,
                "scopes": credential.scopes.split(),
                "trust": Trust(credential.authority.trust).name.lower(),
                "created": _moment(credential.created),
                "last_used": _moment(credential.last_used_at),
                "revoked": _moment(credential.revoked_at),
            }
            if json:
                self._write_json(row)
            else:
                self.stdout.write(
                    f"{row['key']}  {row['name']}  {credential.scopes}  {row['trust']}  "
                    f"last used {row['last_used'] or 'never'}"
                    + (f"  REVOKED {row['revoked']}" if credential.revoked_at else "")
                )

    def _revoke(self, *, key: str, **options: Any) -> None:
        try:
            credential = Credential.objects.get(key=key)
        except Credential.DoesNotExist:
            raise CommandError(f"No credential has the key {key!r}.") from None
        revoke(credential, at=datetime.now(UTC))
        self.stdout.write(f"revoked: {key}")

    def _write_json(self, value: dict[str, Any]) -> None:
        self.stdout.write(json.dumps(value, ensure_ascii=False))


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat(timespec="seconds")
