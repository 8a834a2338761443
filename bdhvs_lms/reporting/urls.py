from django.urls import path, re_path

from bdhvs_lms.reporting import views

urlpatterns = [
    path("bat-dau/", views.start, name="start"),
    path("tro-giup/", views.help_page, name="help"),
    path("viec-hoc/", views.my_learning, name="my-learning"),
    # Codes hold dots (1.1) and letters (A1), and nothing that a database would choke on.
    re_path(
        r"^viec-hoc/nang-luc/(?P<framework_key>[-\w]{1,60})/(?P<code>[-.0-9A-Za-z]{1,20})/(?P<level>[0-9]{1,4})/$",
        views.why,
        name="why",
    ),
    path("day/", views.class_list, name="class-list"),
    path("day/<uuid:class_uuid>/", views.class_page, name="class-review"),
    path("chi-dao/", views.board, name="board"),
]
