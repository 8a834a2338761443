from django.db import migrations, models

from bdhvs_lms.base.collation import sortable_name

PIECE = 500


def fill(apps, schema_editor):
    """Of everybody on record, in pieces."""
    people = apps.get_model("bdhvs_lms", "Person").objects.using(schema_editor.connection.alias)
    last = 0
    while piece := list(people.filter(pk__gt=last).order_by("pk").only("pk", "full_name")[:PIECE]):
        for person in piece:
            person.sort_name = sortable_name(person.full_name, 240)
        people.bulk_update(piece, ["sort_name"])
        last = piece[-1].pk


class Migration(migrations.Migration):

    dependencies = [
        ("bdhvs_lms", "0014_sessions"),
    ]

    operations = [
        migrations.AddField(
            model_name="person",
            name="sort_name",
            field=models.CharField(
                default="",
                editable=False,
                help_text="By it people are listed: the given name first.",
                max_length=240,
            ),
            preserve_default=False,
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="guardian",
            name="relation",
            field=models.CharField(
                choices=[("mother", "mother"), ("father", "father"), ("other", "parent or guardian")],
                max_length=6,
                verbose_name="relation",
            ),
        ),
    ]
