from django.urls import path

from bdhvs_theme import views

app_name = "bdhvs_theme"

urlpatterns = [
    path("co-chu/", views.text_size, name="text-size"),
    path("cach-dung/", views.guides, name="guides"),
    path("cach-dung/<slug:slug>/", views.guide, name="guide"),
]
