from django.db import migrations, models


class Migration(migrations.Migration):
    """Apart from filling the column: PostgreSQL makes no index in a transaction that has changed the rows."""

    dependencies = [
        ("bdhvs_lms", "0015_sort_name"),
    ]

    operations = [
        migrations.AlterField(
            model_name="person",
            name="sort_name",
            field=models.CharField(
                db_index=True,
                editable=False,
                help_text="By it people are listed: the given name first.",
                max_length=240,
            ),
        ),
    ]
