from django.apps import AppConfig

from bdhvs_theme.conf import app_settings


class BdhvsThemeConfig(AppConfig):
    name = "bdhvs_theme"
    label = "bdhvs_theme"
    verbose_name = "Page templates and styles"

    def ready(self) -> None:
        app_settings.register_checks()
