from django.apps import AppConfig


class BdhvsLmsConfig(AppConfig):
    name = "bdhvs_lms"
    label = "bdhvs_lms"
    verbose_name = "Learning"
    default_auto_field = "django.db.models.BigAutoField"
