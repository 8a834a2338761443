import django.core.validators
import django.db.models.deletion
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('bdhvs_lms', '0001_initial'),
        ('bdhvs_quiz', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='PracticeTask',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('course_key', models.UUIDField()),
                ('title', models.CharField(max_length=200, verbose_name='title')),
                ('language', models.CharField(default='vi', max_length=10)),
                ('instructions', models.TextField(blank=True, verbose_name='what to do')),
                ('revision', models.PositiveIntegerField(default=1)),
            ],
        ),
        migrations.CreateModel(
            name='NumberQuestion',
            fields=[
                ('question_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='bdhvs_quiz.question')),
                ('answer', models.DecimalField(blank=True, decimal_places=6, help_text='Example: 113', max_digits=18, null=True, verbose_name='right answer')),
                ('tolerance', models.DecimalField(decimal_places=6, default=0, help_text='How far an answer may be off and still be right. 0: exactly.', max_digits=18, validators=[django.core.validators.MinValueValidator(0)], verbose_name='tolerance')),
                ('unit', models.CharField(blank=True, help_text='Shown behind the field. Example: đồng', max_length=30, verbose_name='unit')),
            ],
            options={
                'verbose_name': 'number question',
                'verbose_name_plural': 'number questions',
                'constraints': [models.CheckConstraint(condition=models.Q(('tolerance__gte', 0)), name='number_tolerance_not_negative')],
            },
            bases=('bdhvs_quiz.question',),
        ),
        migrations.CreateModel(
            name='PracticeRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('act_id', models.UUIDField(unique=True)),
                ('passed', models.BooleanField()),
                ('observer', models.UUIDField(help_text='Opaque actor of who watched.')),
                ('revision', models.CharField(max_length=64)),
                ('occurred_at', models.DateTimeField(help_text='When it was done, clamped once at receipt.')),
                ('received_at', models.DateTimeField()),
                ('learner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='bdhvs_lms.learner')),
                ('task', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='records', to='plugin_example.practicetask')),
            ],
        ),
        migrations.CreateModel(
            name='PracticeNote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField(verbose_name='note')),
                ('record', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='note', to='plugin_example.practicerecord')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='practice_note_says_something')],
            },
        ),
        migrations.AddIndex(
            model_name='practicerecord',
            index=models.Index(fields=['learner', 'task', 'occurred_at'], name='practice_of_learner'),
        ),
    ]
