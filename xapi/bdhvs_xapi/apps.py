from django.apps import AppConfig
from django.core import checks


class BdhvsXapiConfig(AppConfig):
    name = "bdhvs_xapi"
    label = "bdhvs_xapi"
    verbose_name = "Learning record store"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Imports models, so only now.
        from bdhvs_xapi.checks import check_databases
        from bdhvs_xapi.conf import app_settings
        from bdhvs_xapi.outbox.http import HttpTransport
        from bdhvs_xapi.outbox.registry import check_transports, register_transport

        app_settings.register_checks()
        checks.register(check_databases)
        register_transport(HttpTransport)
        checks.register(check_transports)
