from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BdhvsTasksConfig(AppConfig):
    name = "bdhvs_tasks"
    label = "bdhvs_tasks"
    verbose_name = _("Practical tasks")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # They need models, which are there only now.
        from bdhvs_content.api import register_context
        from bdhvs_lms.plugins.api import activity_types, personal_data
        from bdhvs_tasks import checks, models, queries
        from bdhvs_tasks.activity import TaskActivity
        from bdhvs_tasks.personal import TaskPersonalData

        activity_types.register(TaskActivity)
        personal_data.register(TaskPersonalData)
        register_context(models.TaskPage, queries.task_context)
        checks.connect()
