"""A site includes these in its own addresses: path("", include("plugin_example.urls")), before Wagtail's."""

from django.urls import path

from plugin_example import views

app_name = "plugin_example"

urlpatterns = [path("thuc-hanh/<uuid:task_key>/", views.task, name="task")]
