"""Lessons that anybody may read; what the catalogue says to visitors first."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('bdhvs_content', '0002_course_facts'),
    ]

    operations = [
        migrations.AddField(
            model_name='catalogpage',
            name='heading',
            field=models.CharField(blank=True, help_text='Optional, instead of the title. What people can learn here. Example: “Use your phone, step by step”.', max_length=80, verbose_name='heading for visitors'),
        ),
        migrations.AddField(
            model_name='lessonpage',
            name='open_to_all',
            field=models.BooleanField(default=False, help_text='Anyone can read this lesson without an account; nothing about them is recorded. The rest of the course stays closed. Example: the first lesson, as a taste of the course.', verbose_name='open to everyone'),
        ),
    ]
