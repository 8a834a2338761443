"""A course may name one of its quizzes for whoever knows the subject already."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('bdhvs_content', '0003_open_lessons'),
    ]

    operations = [
        migrations.AddField(
            model_name='coursepage',
            name='placement',
            field=models.UUIDField(blank=True, help_text='Optional. Whoever knows the subject already takes this quiz at once, without the lessons. Quizzes can be chosen here once the course is published. Example: “Kiểm tra cuối khóa”.', null=True, verbose_name='placement quiz'),
        ),
    ]
