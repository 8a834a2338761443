from django.apps import AppConfig


class BdhvsWagtailViConfig(AppConfig):
    name = "bdhvs_wagtail_vi"
    label = "bdhvs_wagtail_vi"
    verbose_name = "Wagtail in Vietnamese"

    def ready(self) -> None:
        from bdhvs_wagtail_vi.labels import label_all

        label_all()
