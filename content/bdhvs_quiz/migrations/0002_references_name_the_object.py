"""What an attempt is about stands under "object", as in every other row of an act; it was "quiz"."""

from django.db import migrations


def rename(apps, schema_editor):
    attempts = apps.get_model("bdhvs_quiz", "Attempt")._default_manager.using(schema_editor.connection.alias)
    after = 0
    while batch := list(attempts.only("references").filter(pk__gt=after).order_by("pk")[:500]):
        for attempt in batch:
            if "quiz" in attempt.references:
                attempt.references["object"] = attempt.references.pop("quiz")
        attempts.bulk_update(batch, ["references"])
        after = batch[-1].pk


class Migration(migrations.Migration):
    dependencies = [("bdhvs_quiz", "0001_initial")]

    operations = [migrations.RunPython(rename, migrations.RunPython.noop)]
