"""The addresses of the record store, for a project to mount: ``path("xapi/", include("bdhvs_xapi.urls"))``.

With ``bdhvs_xapi.lrs.middleware.RecordStoreMiddleware`` at the head of MIDDLEWARE the same addresses are answered
before sessions, languages and whatever else pages need.
"""

from django.urls import path, re_path

from bdhvs_xapi.lrs import views

app_name = "bdhvs_xapi"

urlpatterns = [
    path("about", views.endpoint, {"resource": "about"}, name="about"),
    path("statements", views.endpoint, {"resource": "statements"}, name="statements"),
    path("statements/more/<str:token>", views.more, name="more"),
    path("activities", views.endpoint, {"resource": "activities"}, name="activities"),
    path("activities/state", views.endpoint, {"resource": "activities/state"}, name="state"),
    path("activities/profile", views.endpoint, {"resource": "activities/profile"}, name="activity-profile"),
    path("agents", views.endpoint, {"resource": "agents"}, name="agents"),
    path("agents/profile", views.endpoint, {"resource": "agents/profile"}, name="agent-profile"),
    # Whatever else is asked for below: a refusal for machines, not the site's page for people.
    re_path(r"^(?P<resource>.*)$", views.endpoint, name="unknown"),
]
