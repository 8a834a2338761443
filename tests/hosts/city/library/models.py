from django.db import models
from wagtail.documents.models import AbstractDocument, Document
from wagtail.images.models import AbstractImage, AbstractRendition, Image


class CityImage(AbstractImage):
    photographer = models.CharField(max_length=80, blank=True)
    admin_form_fields = (*Image.admin_form_fields, "photographer")


class CityRendition(AbstractRendition):
    image = models.ForeignKey(CityImage, on_delete=models.CASCADE, related_name="renditions")

    class Meta:
        unique_together = [("image", "filter_spec", "focal_point_key")]


class CityDocument(AbstractDocument):
    office = models.CharField(max_length=80, blank=True)
    admin_form_fields = (*Document.admin_form_fields, "office")
