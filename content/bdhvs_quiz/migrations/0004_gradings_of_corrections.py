"""Sheets of paper that were corrected say which grading their statements are of; until now their steps were counted."""

from typing import Any

from django.db import migrations
from django.db.models import Count


def say_gradings(apps: Any, schema_editor: Any) -> None:
    steps = apps.get_model("bdhvs_quiz", "AttemptStep").objects.filter(kind__in=("submitted", "corrected"))
    counted = steps.order_by().values_list("attempt").annotate(number=Count("pk")).filter(number__gt=1)
    attempts = apps.get_model("bdhvs_quiz", "Attempt").objects
    for pk, number in counted.iterator():
        attempts.filter(pk=pk).update(gradings={"all": number})


class Migration(migrations.Migration):
    dependencies = [("bdhvs_quiz", "0003_regrades")]

    operations = [migrations.RunPython(say_gradings, migrations.RunPython.noop)]
