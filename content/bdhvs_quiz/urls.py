"""A quiz's own addresses. Its page has Wagtail's."""

from django.urls import path

from bdhvs_quiz import views

app_name = "bdhvs_quiz"

urlpatterns = [
    path("bai-kiem-tra/<uuid:activity_key>/bat-dau/", views.begin, name="begin"),
    path("bai-lam/<uuid:attempt_uuid>/", views.attempt, name="attempt"),
    path("bai-lam/<uuid:attempt_uuid>/ket-qua/", views.result, name="result"),
]
