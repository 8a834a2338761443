from django.urls import path

from bdhvs_lms.privacy import paper_views, views

# One address for each act: what a form does can be read from where it goes.
urlpatterns = [
    path("viec-hoc/du-lieu/", views.my_data, name="my-data"),
    path("viec-hoc/du-lieu/ai-da-xem/", views.my_accesses, name="my-data-accesses"),
    path("viec-hoc/du-lieu/ban-sao/", views.my_copy, name="my-data-copy"),
    path("viec-hoc/du-lieu/yeu-cau/", views.ask_us, name="my-data-ask"),
    path("day/<uuid:class_uuid>/dong-y/", paper_views.class_papers, name="class-papers"),
    path("day/<uuid:class_uuid>/dong-y/mau-giay/", paper_views.blank_forms, name="class-consent-form"),
    path(
        "day/<uuid:class_uuid>/dong-y/mau-giay.pdf",
        paper_views.blank_forms,
        {"pdf": True},
        name="class-consent-form-pdf",
    ),
    path("viec-hoc/du-lieu/tai-ve/", views.download, name="my-data-download"),
    path("viec-hoc/du-lieu/rut-dong-y/", views.withdraw, name="my-data-withdraw"),
    path("viec-hoc/du-lieu/xoa/", views.erase_me, name="my-data-erase"),
]
