from django.urls import path

from bdhvs_lms.privacy import views

# One address for each act: what a form does can be read from where it goes.
urlpatterns = [
    path("viec-hoc/du-lieu/", views.my_data, name="my-data"),
    path("viec-hoc/du-lieu/tai-ve/", views.download, name="my-data-download"),
    path("viec-hoc/du-lieu/rut-dong-y/", views.withdraw, name="my-data-withdraw"),
    path("viec-hoc/du-lieu/xoa/", views.erase_me, name="my-data-erase"),
]
