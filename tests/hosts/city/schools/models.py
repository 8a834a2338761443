"""Pages that happen to be called as those of a learning system are."""

from django.db import models
from wagtail.admin.panels import FieldPanel
from wagtail.models import Page


class CoursePage(Page):
    """A course at the city's evening school, as it is announced."""

    page_ptr = models.OneToOneField(Page, parent_link=True, related_name="+", on_delete=models.CASCADE)
    fee = models.PositiveIntegerField(default=0)
    content_panels = [*Page.content_panels, FieldPanel("fee")]


class LessonPage(Page):
    page_ptr = models.OneToOneField(Page, parent_link=True, related_name="+", on_delete=models.CASCADE)
    room = models.CharField(max_length=40, blank=True)
    content_panels = [*Page.content_panels, FieldPanel("room")]


class Course(models.Model):
    """Of the register of the evening school."""

    name = models.CharField(max_length=80)
