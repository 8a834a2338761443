"""`bdhvs sendtestemail ADDRESS`: whether mail goes, and in words why not."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email

from bdhvs_lms.base.api import MAIL_ERRORS, mail_connection
from bdhvs_lms.conf import app_settings
from bdhvs_lms.site import env, mail

__all__ = ["Command"]


class Command(BaseCommand):
    """Django's command of this name ends with a traceback; this one says what to change. Sends one mail."""

    help = "Send a test mail to an address, and say in words what went wrong."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("address", help="who gets it")

    def handle(self, *args: Any, address: str, **options: Any) -> None:
        try:
            validate_email(address)
        except ValidationError:
            raise CommandError(f"{address} is no mail address.") from None
        url = env.secret(mail.NAME)
        if not url:
            raise CommandError(f"No mail is sent: {mail.NAME} names no mail server. docs/deploy.md says how.")
        found = mail.options(url)
        message = EmailMessage(
            subject=f"{settings.WAGTAIL_SITE_NAME}: thư thử / test mail",
            body=f"{app_settings.PUBLIC_URL}\n\nThư này chỉ để thử.\nThis mail is only a test.\n",
            from_email=settings.DEFAULT_FROM_EMAIL,
            to=[address],
        )
        try:
            with mail_connection() as connection:
                connection.send_messages([message])
        except MAIL_ERRORS as error:
            raise CommandError(mail.why(error, found["host"], found["port"])) from None
        self.stdout.write(
            f"{found['host']}:{found['port']} took a mail from {settings.DEFAULT_FROM_EMAIL} to {address}."
        )
