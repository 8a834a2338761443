from django.apps import AppConfig


class BdhvsThemeConfig(AppConfig):
    name = "bdhvs_theme"
    label = "bdhvs_theme"
    verbose_name = "Page templates and styles"
