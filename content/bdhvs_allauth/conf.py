"""The settings of this app; the ready site reads each from the environment variable of the same name."""

from __future__ import annotations

from bdhvs_xapi.app_settings import AppSettings, Setting, text, texts

CLAIM = r"[\w:/.-]{1,200}"


class AllauthSettings(AppSettings):
    prefix = "BDHVS_ALLAUTH_"
    error, warning = "bdhvs_allauth.E001", "bdhvs_allauth.W001"

    OIDC_SERVER_URL = Setting(
        text(
            "an address of at most 200 characters like https://sso.example.vn, or empty", r"(https?://[^\s?#]{1,192})?"
        ),
        "",
        "the OpenID Connect provider that people may sign in by, a national identity or a city's portal: its issuer, "
        "below which `/.well-known/openid-configuration` answers; empty: none. Who signed in stays known by this "
        "address and the provider's number for them, so another address is another provider",
    )
    OIDC_CLIENT_ID = Setting(
        text("a text without blanks, or empty", r"\S{0,255}"), "", "what the provider calls this site"
    )
    OIDC_CLIENT_SECRET = Setting(
        text("a text without blanks, or empty", r"\S*"), "", "by which the provider knows this site"
    )
    OIDC_NAME_VI = Setting(
        text("a text of at most 40 characters", ".{0,40}"),
        "",
        "what the provider is called on the button, in Vietnamese",
    )
    OIDC_NAME_EN = Setting(
        text("a text of at most 40 characters", ".{0,40}"), "", "and in English; empty: as in Vietnamese"
    )
    OIDC_SCOPES = Setting(
        texts("a list of names of scopes", r"[\x21\x23-\x5b\x5d-\x7e]{1,100}"),
        ("openid", "profile"),
        "what the provider is asked for; `openid` has to be among it. Ask for no more than you need",
    )
    OIDC_NAME_CLAIM = Setting(
        text("the name of a claim, or empty", rf"({CLAIM})?"),
        "name",
        "the claim that is shown as the person's name and kept with the account; empty: no name is taken",
    )
    OIDC_KEPT_CLAIMS = Setting(
        texts("a list of names of claims", CLAIM),
        (),
        "further claims that are kept with the account, a personal number among them only if you name its claim here",
    )
    OIDC_CLIENT_AUTH = Setting(
        text("client_secret_basic, client_secret_post or empty", "(client_secret_basic|client_secret_post)?"),
        "",
        "how the secret is sent; empty: as the provider says it takes it",
    )
    SECOND_FACTOR = Setting(
        text("off or staff", "off|staff"),
        "off",
        "`staff`: whoever may do more than learn is asked for a second factor, a code of an app or a passkey, in each "
        "session, and without one is led to set one up before anything else; learners never are. `off`: nobody is",
    )


app_settings = AllauthSettings()
