"""Mail by one setting, against a real mail server; the reset of a password promises none that cannot go."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import CommandError
from django.test import Client

from bdhvs_lms.site.mail import NoMail, configuration, options
from bdhvs_lms.site.sendtestemail import Command
from tests.support.live import Installation, free_port
from tests.support.loops import for_each
from tests.support.mailbox import PASSWORD, USER, Mailbox, mail_server, make_certificate

# A password in the open is what the test wants.
# Django 6.1 has other settings for it, and other ways to send.
pytestmark = [
    pytest.mark.versions,
    pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS:UserWarning"),
]
LOGIN = f"{quote(USER, safe='')}:{quote(PASSWORD, safe='')}"
RESET = "/quan-tri/password_reset/"


@pytest.fixture
def use(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """``use(url)``: the site's mail goes there."""

    def use(url: str, sender: str = "hoc@example.vn") -> None:
        monkeypatch.setenv("BDHVS_EMAIL_URL", url)
        settings.DEFAULT_FROM_EMAIL = sender
        for name, value in configuration(url).items():
            setattr(settings, name, value)

    return use


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return make_certificate(tmp_path_factory.mktemp("mail"))


def send(address: str = "lan@example.vn") -> str:
    command = Command()
    said: list[str] = []
    command.stdout.write = lambda text, *more: said.append(text)  # type: ignore[method-assign,assignment]
    command.handle(address=address)
    return said[0]


def refusal(address: str = "lan@example.vn") -> str:
    with pytest.raises(CommandError) as raised:
        send(address)
    return str(raised.value)


def test_what_an_address_of_a_mail_server_says() -> None:
    assert options("smtp://mail.example.vn") == {
        "host": "mail.example.vn", "port": 25, "username": "", "password": "", "timeout": 10,
        "use_tls": False, "use_ssl": False,
    }  # fmt: skip
    assert options(f"smtp+tls://{LOGIN}@mail.example.vn") == {
        "host": "mail.example.vn", "port": 587, "username": USER, "password": PASSWORD, "timeout": 10,
        "use_tls": True, "use_ssl": False,
    }  # fmt: skip
    assert (options("smtps://mail.example.vn:4650")["port"], options("smtps://a")["use_ssl"]) == (4650, True)


@for_each(
    "url",
    ["mail.example.vn", "http://a", "smtp://", "smtp://a:x", "smtp://a/x", "smtp+tls://u:p/w@a", "smtp://u:secret@a"],
)
def test_an_address_that_cannot_be_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="^BDHVS_EMAIL_URL ") as raised:
        options(url)
    assert "secret" not in str(raised.value) and "p/w" not in str(raised.value)


def test_a_mail_goes_with_a_password(use: Any) -> None:
    with mail_server(password=True) as (box, port):
        use(f"smtp://{LOGIN}@127.0.0.1:{port}")
        assert send() == f"127.0.0.1:{port} took a mail from hoc@example.vn to lan@example.vn."
    [mail] = box.mails
    assert (mail["From"], mail["To"]) == ("hoc@example.vn", "lan@example.vn")
    assert "thư thử" in mail["Subject"] and "Thư này chỉ để thử." in mail.get_content()


def test_a_mail_goes_encrypted_where_the_certificate_is_to_be_trusted(
    use: Any, certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    with mail_server(certificate=certificate, password=True) as (box, port):
        use(f"smtp+tls://{LOGIN}@localhost:{port}")
        assert "The certificate of localhost is not to be trusted: self-signed certificate" in refusal()
        assert box.mails == []
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
        assert "took a mail" in send()
        assert len(box.mails) == 1
        use(f"smtp+tls://{LOGIN}x@localhost:{port}")
        assert "localhost refuses the user name and password (535" in refusal()


def test_what_went_wrong_is_said_in_words(use: Any) -> None:
    use(f"smtp://127.0.0.1:{(port := free_port())}")
    assert refusal() == f"Nobody listens at 127.0.0.1:{port}."
    use("smtp://mail.invalid")
    assert refusal() == "There is no host named mail.invalid, or no name server answers."
    with mail_server() as (_, port):
        use(f"smtps://127.0.0.1:{port}")
        assert refusal().startswith(f"127.0.0.1:{port} speaks no TLS from the beginning")
        use(f"smtp+tls://127.0.0.1:{port}")
        assert refusal().startswith(f"127.0.0.1:{port} does not offer what the address asks for: STARTTLS")
        use(f"smtp://127.0.0.1:{port}", sender="spam@example.vn")
        assert refusal() == (
            "127.0.0.1 refuses the sender spam@example.vn (553 5.7.1 not your address): set BDHVS_EMAIL_FROM to one "
            "that it takes."
        )
        use(f"smtp://127.0.0.1:{port}")
        assert refusal("nobody@example.vn") == "127.0.0.1 refuses the recipient (550 5.1.1 no such mailbox)."
    assert refusal("lan") == "lan is no mail address."
    use("")
    assert refusal().startswith("No mail is sent: BDHVS_EMAIL_URL names no mail server.")


def test_without_a_server_nothing_is_sent_and_the_log_says_so_once(caplog: pytest.LogCaptureFixture) -> None:
    NoMail.warned = False
    assert [NoMail().send_messages([]) for _ in range(3)] == [0, 0, 0]
    assert [record.getMessage() for record in caplog.records] == [
        "A mail was not sent: BDHVS_EMAIL_URL names no mail server."
    ]


@pytest.mark.thorough
def test_by_the_environment_of_a_real_process(bare_installation: Installation) -> None:
    show = "from django.conf import settings as s; print(s.WAGTAIL_PASSWORD_RESET_ENABLED, s.DEFAULT_FROM_EMAIL)"
    send = "from bdhvs_lms.site.cli import main; main(['sendtestemail', 'lan@example.vn'])"
    with mail_server() as (box, port):
        told = {"BDHVS_EMAIL_URL": f"smtp://127.0.0.1:{port}", "BDHVS_EMAIL_FROM": "Học <hoc@example.vn>"}
        assert bare_installation.python(f"{show}; {send}", **told).split()[0] == "True"
    assert [str(mail["From"]) for mail in box.mails] == ["Học <hoc@example.vn>"]
    assert bare_installation.python(show).split() == ["False", "noreply@127.0.0.1"]


# --- A forgotten password --------------------------------------------------------------------------------------------


@pytest.fixture
def box(use: Any) -> Iterator[Mailbox]:
    with mail_server() as (box, port):
        use(f"smtp://127.0.0.1:{port}")
        yield box


@pytest.mark.django_db
def test_a_link_comes_by_mail_and_nobody_learns_who_has_an_account(client: Client, box: Mailbox) -> None:
    User.objects.create_user("bientap", "bientap@example.vn", "x")
    pages = [client.post(RESET, {"email": f"{name}@example.vn"}, follow=True) for name in ("bientap", "khongai")]
    assert [page.redirect_chain[-1][0] for page in pages] == [f"{RESET}done/"] * 2
    [mail] = box.mails
    assert mail["To"] == "bientap@example.vn"
    assert f"{RESET}confirm/" in mail.get_content()


@pytest.mark.django_db
def test_no_link_is_promised_while_no_mail_goes(client: Client, use: Any) -> None:
    use(f"smtp://127.0.0.1:{free_port()}")
    User.objects.create_user("bientap", "bientap@example.vn", "x")
    for name in ("bientap", "khongai"):
        page = client.post(RESET, {"email": f"{name}@example.vn"})
        assert page.status_code == 200
        assert "Lúc này không gửi được thư" in page.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("enabled", [True, False])
def test_signing_in_offers_a_link_by_mail_only_where_there_is_mail(
    client: Client, settings: Any, enabled: bool
) -> None:
    settings.WAGTAIL_PASSWORD_RESET_ENABLED = enabled
    assert (RESET in client.get("/quan-tri/login/").content.decode()) is enabled
    assert client.get(RESET).status_code == (200 if enabled else 404)
