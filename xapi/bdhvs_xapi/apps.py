from django.apps import AppConfig


class BdhvsXapiConfig(AppConfig):
    name = "bdhvs_xapi"
    label = "bdhvs_xapi"
    verbose_name = "Learning record store"
    default_auto_field = "django.db.models.BigAutoField"
