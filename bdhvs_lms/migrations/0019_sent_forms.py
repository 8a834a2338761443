from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('bdhvs_lms', '0018_refused_proposals'),
    ]

    operations = [
        migrations.CreateModel(
            name='SentForm',
            fields=[
                ('key', models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ('sent_at', models.DateTimeField()),
                ('status', models.PositiveSmallIntegerField(default=0)),
                ('answer', models.TextField(blank=True, help_text='Where it led; for a script its JSON.')),
            ],
            options={
                'default_permissions': (),
            },
        ),
    ]
