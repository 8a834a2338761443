import bdhvs_content.contexts
import django.core.serializers.json
import django.core.validators
import django.db.models.deletion
import modelcluster.fields
import uuid
import wagtail.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('bdhvs_lms', '0001_initial'),
        ('wagtailcore', '0097_baselogentry_uuid_action_timestamp_indexes'),
    ]

    operations = [
        migrations.CreateModel(
            name='TaskPage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, related_name='%(app_label)s_%(class)s', serialize=False, to='wagtailcore.page')),
                ('required', models.BooleanField(default=True, help_text='Untick for optional content. Example: a lesson for those who want to know more.', verbose_name='required for course completion')),
                ('intro', models.TextField(blank=True, help_text='What it is good for, and what is needed. Example: “Use your own phone. It takes about ten minutes.”', verbose_name='introduction')),
                ('steps', wagtail.fields.StreamField([('step', 3)], blank=True, block_lookup={0: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'italic', 'link'], 'help_text': 'One action per step. Example: “Press the blue button at the bottom.”', 'label': 'Instruction', 'required': False}), 1: ('wagtail.images.blocks.ImageChooserBlock', (), {'label': 'Image', 'required': False}), 2: ('wagtail.blocks.CharBlock', (), {'help_text': 'Read aloud to people who cannot see the image. Example: “Phone screen with the VNeID icon circled in red”.', 'label': 'Image description', 'max_length': 250, 'required': False}), 3: ('wagtail.blocks.StructBlock', [[('text', 0), ('image', 1), ('alt', 2)]], {})}, verbose_name='what to do, step by step')),
                ('checklist', wagtail.fields.StreamField([('item', 3)], blank=True, block_lookup={0: ('wagtail.blocks.CharBlock', (), {'help_text': 'One thing that can be seen or heard. Example: “Turns on Wi-Fi without help.”', 'label': 'What is seen', 'max_length': 150, 'required': False}), 1: ('wagtail.blocks.BooleanBlock', (), {'default': True, 'help_text': 'Untick what is good to see but not needed. See also “Completion” below.', 'label': 'required to pass', 'required': False}), 2: ('wagtail.blocks.CharBlock', (), {'help_text': 'Optional, for whoever is not sure. Example: “Done if the person needed one reminder; not done if you pressed the button yourself.”', 'label': 'When is it done?', 'max_length': 250, 'required': False}), 3: ('wagtail.blocks.StructBlock', [[('text', 0), ('required', 1), ('help', 2)]], {})}, verbose_name="observer's checklist")),
                ('needed', models.PositiveSmallIntegerField(blank=True, help_text='How many items must be done at least, the required ones included. Leave empty if the required items are enough. Example: untick “required to pass” at all five items and enter 4: any four of them.', null=True, validators=[django.core.validators.MinValueValidator(1, 'Enter a number from 1 to 15, or leave it empty.'), django.core.validators.MaxValueValidator(15, 'Enter a number from 1 to 15, or leave it empty.')], verbose_name='items needed to pass')),
            ],
            options={
                'verbose_name': 'practical task',
                'verbose_name_plural': 'practical tasks',
                'constraints': [models.CheckConstraint(condition=models.Q(('needed', None), models.Q(('needed__gte', 1), ('needed__lte', 15)), _connector='OR'), name='task_needed_1_to_15')],
            },
            bases=(bdhvs_content.contexts.ShownPage, 'wagtailcore.page', models.Model),
        ),
        migrations.CreateModel(
            name='TaskVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('activity_key', models.UUIDField()),
                ('number', models.PositiveIntegerField(help_text='What statements name as revision.')),
                ('titles', models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder, help_text='Language map at the time of publishing.')),
                ('created_at', models.DateTimeField()),
                ('shown', models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder, help_text='{"language", "intro", "steps", "items": [{"id", "text", "help", "required"}], "needed"}')),
                ('max_score', models.DecimalField(decimal_places=2, max_digits=8)),
                ('pass_score', models.DecimalField(decimal_places=2, max_digits=8)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('activity_key', 'number'), name='task_version_once'), models.CheckConstraint(condition=models.Q(('pass_score__gt', 0), ('pass_score__lte', models.F('max_score'))), name='task_version_pass_le_max')],
            },
        ),
        migrations.CreateModel(
            name='Observation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('activity_key', models.UUIDField()),
                ('number', models.PositiveIntegerField(help_text="1 for the learner's first attempt at this activity.")),
                ('act_id', models.UUIDField(help_text='Idempotency key of the form that opened it.', unique=True)),
                ('references', models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder, help_text='Frozen for statements: see `references`.')),
                ('opened_at', models.DateTimeField()),
                ('opened_received_at', models.DateTimeField()),
                ('enrolment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='bdhvs_lms.enrolment')),
                ('learner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='bdhvs_lms.learner')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='observations', to='bdhvs_tasks.taskversion')),
            ],
            options={
                'indexes': [models.Index(fields=['activity_key', 'learner'], name='observation_of_task')],
                'constraints': [models.UniqueConstraint(fields=('learner', 'activity_key', 'number'), name='observation_number_once')],
            },
        ),
        migrations.CreateModel(
            name='Grading',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seq', models.PositiveIntegerField()),
                ('data', models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder)),
                ('occurred_at', models.DateTimeField()),
                ('received_at', models.DateTimeField()),
                ('act_id', models.UUIDField(help_text='Of the form that was filled in, and of the learner.', unique=True)),
                ('observer', models.UUIDField(help_text='Opaque actor of who watched, or of who corrected it.')),
                ('raw', models.DecimalField(decimal_places=2, max_digits=8)),
                ('success', models.BooleanField(help_text='Null: taken back, it was not this person or not this task.', null=True)),
                ('attempt', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='bdhvs_tasks.observation')),
            ],
            options={
                'ordering': ['attempt', 'seq'],
                'abstract': False,
                'constraints': [models.UniqueConstraint(fields=('attempt', 'seq'), name='grading_once')],
            },
        ),
        migrations.CreateModel(
            name='ObservationNote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.CharField(max_length=500, verbose_name='note')),
                ('observation', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='note', to='bdhvs_tasks.observation')),
            ],
            options={
                'verbose_name': "observer's note",
                'verbose_name_plural': "observers' notes",
                'constraints': [models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='observation_note_says_something')],
            },
        ),
        migrations.CreateModel(
            name='TaskAlignment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sort_order', models.IntegerField(blank=True, editable=False, null=True)),
                ('level', models.PositiveSmallIntegerField(default=1, help_text='As numbered in the framework. Example: 1.', verbose_name='level')),
                ('competency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='bdhvs_lms.competency', verbose_name='competency')),
                ('page', modelcluster.fields.ParentalKey(on_delete=django.db.models.deletion.CASCADE, related_name='alignments', to='bdhvs_tasks.taskpage')),
            ],
            options={
                'ordering': ['sort_order'],
                'abstract': False,
                'constraints': [models.UniqueConstraint(fields=('page', 'competency'), name='task_alignment_once')],
            },
        ),
    ]
