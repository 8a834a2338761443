"""Announcements: a list below the catalogue, and pages for people of some areas or for everyone."""

import django.db.models.deletion
import modelcluster.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('bdhvs_content', '0004_placement_quiz'),
        ('bdhvs_lms', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='AnnouncementIndexPage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, related_name='%(app_label)s_%(class)s', serialize=False, to='wagtailcore.page')),
                ('intro', models.TextField(blank=True, help_text='Optional. One sentence below the heading.', verbose_name='introduction')),
            ],
            options={
                'verbose_name': 'list of announcements',
                'verbose_name_plural': 'lists of announcements',
            },
            bases=('wagtailcore.page',),
        ),
        migrations.CreateModel(
            name='AnnouncementPage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, related_name='%(app_label)s_%(class)s', serialize=False, to='wagtailcore.page')),
                ('text', models.TextField(help_text='What people should know or do, in two or three short sentences. At most 600 characters.', max_length=600, verbose_name='text')),
                ('time_words', models.CharField(blank=True, help_text='Optional. As people say it. Example: “19:30, thứ Ba 24/11/2026”.', max_length=120, verbose_name='time')),
                ('place_words', models.CharField(blank=True, help_text='Optional. Example: “nhà văn hóa thôn”.', max_length=120, verbose_name='place')),
                ('shown_from', models.DateField(blank=True, help_text='Optional. Empty: as soon as it is published. Example: 20/11/2026.', null=True, verbose_name='shown from')),
                ('shown_until', models.DateField(help_text='The last day. After it the announcement leaves all lists, and its page says that it is over.', verbose_name='shown until')),
                ('zalo_text', models.TextField(blank=True, help_text='Optional. It replaces the text above; plain words without formatting.', max_length=1500, verbose_name='your own text for Zalo')),
                ('loudspeaker_text', models.TextField(blank=True, help_text='Optional. It replaces the text above; write it as it is to be read out.', max_length=3000, verbose_name='your own text for the loudspeaker')),
                ('areas', modelcluster.fields.ParentalManyToManyField(blank=True, help_text='None ticked: for everyone. An area includes all below it, as they are on the day of reading.', related_name='+', to='bdhvs_lms.area', verbose_name='areas')),
            ],
            options={
                'verbose_name': 'announcement',
                'verbose_name_plural': 'announcements',
                'constraints': [models.CheckConstraint(condition=models.Q(('shown_from', None), ('shown_until__gte', models.F('shown_from')), _connector='OR'), name='announcement_span')],
            },
            bases=('wagtailcore.page',),
        ),
    ]
