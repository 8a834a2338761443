"""Faults reported to a Sentry of the operator's own choice, without anything that a person said, has or is.

Nothing here is loaded unless BDHVS_SENTRY_DSN is set.
"""

from typing import Any

from django.core.exceptions import ImproperlyConfigured

from bdhvs_lms.site.logs import Faults, request_id

__all__ = ["scrubbed", "start"]

# What an event has that is of the program and not of who used it. Everything else is left out, whatever a later
# version of the library puts into it.
KEPT = ("event_id", "timestamp", "platform", "level", "logger", "environment", "release", "sdk", "modules")
OF_AN_EXCEPTION = ("type", "module", "mechanism", "thread_id")
OF_A_FRAME = ("filename", "function", "module", "lineno", "in_app", "pre_context", "context_line", "post_context")


def start(dsn: str, *, environment: str, release: str) -> None:
    """Report errors of this process from now on. Raises ImproperlyConfigured with what is missing or wrong."""
    try:
        # An extra: most sites are without it.
        import sentry_sdk
        from sentry_sdk.integrations.atexit import AtexitIntegration
        from sentry_sdk.integrations.dedupe import DedupeIntegration
        from sentry_sdk.integrations.django import DjangoIntegration
        from sentry_sdk.integrations.excepthook import ExcepthookIntegration
        from sentry_sdk.integrations.logging import LoggingIntegration
    except ImportError:
        raise ImproperlyConfigured(
            "BDHVS_SENTRY_DSN is set, and sentry-sdk is not installed: pip install 'bdhvs-lms[sentry]'."
        ) from None
    try:
        sentry_sdk.init(
            dsn=dsn,
            environment=environment,
            release=release,
            before_send=scrubbed,
            # No requests that went well, no times, no counts of visits.
            traces_sample_rate=None,
            auto_session_tracking=False,
            send_client_reports=False,
            max_request_body_size="never",
            include_local_variables=False,
            max_breadcrumbs=0,
            server_name="",
            default_integrations=False,
            auto_enabling_integrations=False,
            integrations=[
                AtexitIntegration(callback=lambda pending, timeout: None),
                DedupeIntegration(),
                DjangoIntegration(transaction_style="url", middleware_spans=False, signals_spans=False),
                ExcepthookIntegration(),
                LoggingIntegration(level=None),
            ],
        )
    except ValueError as error:
        raise ImproperlyConfigured(f"BDHVS_SENTRY_DSN is no address of a Sentry project: {error}.") from None


# Of an outage one event a process, as in the log.
_faults = Faults()


def scrubbed(event: Any, hint: dict[str, Any]) -> Any:
    """The event without what may name people: no values, no messages of exceptions (which repeat what was typed), no
    address but its pattern. None for a fault that was reported a short while ago."""
    if (raised := hint.get("exc_info")) and _faults.met(raised[1]) is not None:
        return None
    kept = {name: event[name] for name in KEPT if name in event}
    kept["server_name"] = ""
    kept["tags"] = {"request_id": request_id.get()} if request_id.get() else {}
    if event.get("transaction_info", {}).get("source") == "route":
        kept["transaction"] = event["transaction"]
    if message := event.get("logentry", {}).get("message"):
        # As it stands in the code, with its places for values empty.
        kept["logentry"] = {"message": message}
    values = event.get("exception", {}).get("values", ())
    if values:
        kept["exception"] = {"values": [_exception(value) for value in values]}
    return kept


def _exception(value: dict[str, Any]) -> dict[str, Any]:
    frames = value.get("stacktrace", {}).get("frames", ())
    return {
        **{name: value[name] for name in OF_AN_EXCEPTION if name in value},
        "value": "(left out: it may name people; the log of the server has it)",
        "stacktrace": {"frames": [{name: frame[name] for name in OF_A_FRAME if name in frame} for frame in frames]},
    }
