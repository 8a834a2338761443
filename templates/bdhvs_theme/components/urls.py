from django.urls import path

from bdhvs_theme.components import views

app_name = "bdhvs_components"

urlpatterns = [
    path("", views.index, name="index"),
    path("<slug:look>.css", views.sheet, name="sheet"),
    path("<slug:name>/<slug:look>/", views.page, name="page"),
]
