from django.apps import AppConfig


class BdhvsDemoConfig(AppConfig):
    """No models, pages or words of its own: a command, and what it loads."""

    name = "bdhvs_demo"
    label = "bdhvs_demo"
