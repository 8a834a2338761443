from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("bdhvs_lms", "0001_initial")]

    operations = [
        migrations.RenameField("act", "first", "id_seed"),
    ]
