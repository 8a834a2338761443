from django.urls import path

from bdhvs_lms.reporting import views

urlpatterns = [
    path("bat-dau/", views.start, name="start"),
    path("tro-giup/", views.help_page, name="help"),
    path("viec-hoc/", views.my_learning, name="my-learning"),
]
