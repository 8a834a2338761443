from django.db import migrations, models


def forget_pages(apps, schema_editor):
    """A page is asked after for some minutes: older ones say nothing any more, and may be there twice."""
    apps.get_model("bdhvs_lms", "SelfRegistration").objects.update(form=None)


class Migration(migrations.Migration):

    dependencies = [
        ("bdhvs_lms", "0011_merging"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="selfregistration", name="self_registered_form"),
        migrations.RunPython(forget_pages, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="selfregistration",
            name="form",
            field=models.UUIDField(
                editable=False,
                help_text="Of the page that was sent and the name: sent again is the same.",
                null=True,
                unique=True,
            ),
        ),
    ]
