from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("bdhvs_lms", "0002_act_id_seed")]

    operations = [
        migrations.AddField(
            model_name="target",
            name="name_en",
            field=models.CharField(blank=True, max_length=80),
        ),
        migrations.AddField(
            model_name="target",
            name="name_vi",
            field=models.CharField(
                blank=True, help_text="A short name of ours: no more than the plan says.", max_length=80
            ),
        ),
    ]
