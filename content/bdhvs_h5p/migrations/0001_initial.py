import bdhvs_content.contexts
import django.core.serializers.json
import django.core.validators
import django.db.models.deletion
import modelcluster.fields
import modelsearch.index
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('bdhvs_lms', '0001_initial'),
        ('wagtailcore', '0097_baselogentry_uuid_action_timestamp_indexes'),
    ]

    operations = [
        migrations.CreateModel(
            name='H5PActivityVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('activity_key', models.UUIDField()),
                ('number', models.PositiveIntegerField(help_text='What statements name as revision.')),
                ('titles', models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder, help_text='Language map at the time of publishing.')),
                ('created_at', models.DateTimeField()),
                ('completion', models.CharField(choices=[('emitted', 'when the activity reports completion'), ('viewed', 'when it is opened'), ('by_hand', 'when the learner presses “I have finished”')], max_length=7)),
                ('pass_percent', models.PositiveSmallIntegerField(help_text='Null: nothing has to be reached.', null=True)),
                ('language', models.CharField(help_text='Of the page.', max_length=35)),
            ],
            options={
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('activity_key', 'number'), name='h5p_activity_version_once'), models.CheckConstraint(condition=models.Q(('pass_percent', None), models.Q(('pass_percent__gte', 1), ('pass_percent__lte', 100)), _connector='OR'), name='h5p_activity_version_pass_1_to_100')],
            },
        ),
        migrations.CreateModel(
            name='H5PContent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('title', models.CharField(help_text='The name that editors search for. Example: “Safe passwords: five questions”.', max_length=255, verbose_name='name')),
                ('created_at', models.DateTimeField(editable=False, verbose_name='uploaded on')),
            ],
            options={
                'verbose_name': 'H5P activity',
                'verbose_name_plural': 'H5P activities',
            },
            bases=(modelsearch.index.Indexed, models.Model),
        ),
        migrations.CreateModel(
            name='H5PAttempt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('activity_key', models.UUIDField()),
                ('number', models.PositiveIntegerField(help_text="1 for the learner's first attempt at this activity.")),
                ('act_id', models.UUIDField(help_text='Idempotency key of the form that opened it.', unique=True)),
                ('references', models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder, help_text='Frozen for statements: see `references`.')),
                ('opened_at', models.DateTimeField()),
                ('opened_received_at', models.DateTimeField()),
                ('completed_at', models.DateTimeField(help_text="The learner's time of the first finishing.", null=True)),
                ('ended_received_at', models.DateTimeField(help_text='When a further attempt took its place.', null=True)),
                ('steps_kept', models.PositiveIntegerField(default=0)),
                ('rejected', models.PositiveIntegerField(default=0, help_text='Of all statements; not all have a row.')),
                ('best_scaled', models.DecimalField(decimal_places=6, max_digits=7, null=True)),
                ('best_raw', models.DecimalField(decimal_places=2, max_digits=8, null=True)),
                ('best_max', models.DecimalField(decimal_places=2, max_digits=8, null=True)),
                ('success', models.BooleanField(help_text='Once passed, passed.', null=True)),
                ('enrolment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='bdhvs_lms.enrolment')),
                ('learner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='bdhvs_lms.learner')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attempts', to='bdhvs_h5p.h5pactivityversion')),
            ],
            options={
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_received_at', None)), fields=('learner', 'activity_key'), name='h5p_attempt_one_open'), models.UniqueConstraint(fields=('learner', 'activity_key', 'number'), name='h5p_attempt_number_once'), models.CheckConstraint(condition=models.Q(('best_scaled', None), models.Q(('best_scaled__gte', 0), ('best_scaled__lte', 1)), _connector='OR'), name='h5p_attempt_scaled_0_to_1'), models.CheckConstraint(condition=models.Q(models.Q(('best_max', None), ('best_raw', None)), models.Q(('best_raw__gte', 0), ('best_raw__lte', models.F('best_max'))), _connector='OR'), name='h5p_attempt_raw_le_max')],
            },
        ),
        migrations.CreateModel(
            name='H5PPage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, related_name='%(app_label)s_%(class)s', serialize=False, to='wagtailcore.page')),
                ('required', models.BooleanField(default=True, help_text='Untick for optional content. Example: a lesson for those who want to know more.', verbose_name='required for course completion')),
                ('intro', models.TextField(blank=True, help_text='Shown above the button. Example: “Five questions about passwords, about three minutes.”', verbose_name='introduction')),
                ('completion', models.CharField(choices=[('emitted', 'when the activity reports completion'), ('viewed', 'when it is opened'), ('by_hand', 'when the learner presses “I have finished”')], default='emitted', max_length=7, verbose_name='completed')),
                ('pass_percent', models.PositiveSmallIntegerField(blank=True, help_text='Leave empty to accept any result. Example: 80.', null=True, validators=[django.core.validators.MinValueValidator(1, 'Enter a number from 1 to 100.'), django.core.validators.MaxValueValidator(100, 'Enter a number from 1 to 100.')], verbose_name='pass mark (percent)')),
                ('alternative', models.TextField(blank=True, help_text='What learners miss if their browser cannot show the activity, and what they can do instead. Example: “Five questions about passwords. The same questions are in the quiz below.”', verbose_name='without JavaScript')),
                ('alternative_page', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='wagtailcore.page', verbose_name='alternative lesson or quiz')),
                ('content', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='pages', to='bdhvs_h5p.h5pcontent', verbose_name='H5P activity')),
            ],
            options={
                'verbose_name': 'H5P activity',
                'verbose_name_plural': 'H5P activities',
                'constraints': [models.CheckConstraint(condition=models.Q(('pass_percent', None), models.Q(('pass_percent__gte', 1), ('pass_percent__lte', 100)), _connector='OR'), name='h5p_page_pass_1_to_100')],
            },
            bases=(bdhvs_content.contexts.ShownPage, 'wagtailcore.page', models.Model),
        ),
        migrations.CreateModel(
            name='H5PAlignment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sort_order', models.IntegerField(blank=True, editable=False, null=True)),
                ('level', models.PositiveSmallIntegerField(default=1, help_text='As numbered in the framework. Example: 1.', verbose_name='level')),
                ('competency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='bdhvs_lms.competency', verbose_name='competency')),
                ('page', modelcluster.fields.ParentalKey(on_delete=django.db.models.deletion.CASCADE, related_name='alignments', to='bdhvs_h5p.h5ppage')),
            ],
            options={
                'ordering': ['sort_order'],
                'abstract': False,
                'constraints': [models.UniqueConstraint(fields=('page', 'competency'), name='h5p_alignment_once')],
            },
        ),
        migrations.CreateModel(
            name='H5PState',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sub_content_id', models.CharField(help_text="'0': the whole.", max_length=64)),
                ('data_type', models.CharField(max_length=64)),
                ('data', models.TextField()),
                ('received_at', models.DateTimeField()),
                ('attempt', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='states', to='bdhvs_h5p.h5pattempt')),
            ],
            options={
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('attempt', 'sub_content_id', 'data_type'), name='h5p_state_once')],
            },
        ),
        migrations.CreateModel(
            name='H5PStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seq', models.PositiveIntegerField()),
                ('data', models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder)),
                ('occurred_at', models.DateTimeField()),
                ('received_at', models.DateTimeField()),
                ('page', models.UUIDField(help_text='Of the rendered page, from its token; of the form where no script sent it.')),
                ('n', models.PositiveIntegerField(help_text="The page's own count.")),
                ('verb', models.CharField(max_length=120)),
                ('attempt', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='bdhvs_h5p.h5pattempt')),
            ],
            options={
                'ordering': ['attempt', 'seq'],
                'abstract': False,
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('attempt', 'seq'), name='h5p_step_once'), models.UniqueConstraint(fields=('attempt', 'page', 'n'), name='h5p_step_said_once')],
            },
        ),
        migrations.CreateModel(
            name='H5PVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('number', models.PositiveIntegerField(help_text="1 for the content's first file.")),
                ('title', models.CharField(help_text='As h5p.json says it.', max_length=255)),
                ('language', models.CharField(help_text="Of the content as h5p.json says it; 'und' without.", max_length=35)),
                ('main_name', models.CharField(max_length=255)),
                ('main_major', models.PositiveIntegerField()),
                ('main_minor', models.PositiveIntegerField()),
                ('h5p', models.TextField(help_text='h5p.json, whole.')),
                ('params', models.TextField(help_text='content.json, whole.')),
                ('files', models.TextField(help_text='Path to {"size", "sha256"}, below content/; content.json is not among them.')),
                ('libraries', models.JSONField(help_text='What it needs, in the order of loading: [{"machine_name", "major", "minor", "patch", "tree_hash"}], as installed when it was stored.')),
                ('max_score', models.DecimalField(decimal_places=2, help_text='Null: only playing it tells.', max_digits=8, null=True)),
                ('js_bytes', models.PositiveBigIntegerField(help_text='Of all libraries that it loads.')),
                ('css_bytes', models.PositiveBigIntegerField(help_text='Of all libraries that it loads.')),
                ('media_bytes', models.PositiveBigIntegerField(help_text='Of its own files.')),
                ('packed_bytes', models.PositiveBigIntegerField(help_text='Of the file as it was uploaded.')),
                ('package_sha256', models.CharField(max_length=64)),
                ('created_at', models.DateTimeField()),
                ('content', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='bdhvs_h5p.h5pcontent')),
            ],
            options={
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('content', 'number'), name='h5p_version_once')],
            },
        ),
        migrations.AddField(
            model_name='h5ppage',
            name='version',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='pages', to='bdhvs_h5p.h5pversion'),
        ),
        migrations.AddField(
            model_name='h5pactivityversion',
            name='h5p_version',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='activity_versions', to='bdhvs_h5p.h5pversion'),
        ),
        migrations.CreateModel(
            name='Library',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('machine_name', models.CharField(max_length=255)),
                ('major', models.PositiveIntegerField()),
                ('minor', models.PositiveIntegerField()),
                ('patch', models.PositiveIntegerField(verbose_name='patch')),
                ('title', models.CharField(max_length=255, verbose_name='title')),
                ('runnable', models.BooleanField(default=False, verbose_name='runnable on its own')),
                ('stored', models.TextField()),
                ('tree_hash', models.CharField(help_text='SHA-256 of paths and bytes: the same patch number occurs with different bytes.', max_length=64)),
                ('js_bytes', models.PositiveBigIntegerField(help_text='Of the files it loads at once.')),
                ('css_bytes', models.PositiveBigIntegerField(help_text='Of the files it loads at once.')),
                ('total_bytes', models.PositiveBigIntegerField(help_text='Of all its files.')),
                ('installed_at', models.DateTimeField(help_text='When this patch came.')),
            ],
            options={
                'verbose_name': 'H5P library',
                'verbose_name_plural': 'H5P libraries',
                'permissions': [('install_libraries', 'Can install H5P libraries and approve packages that bring them')],
                'default_permissions': ('view', 'delete'),
                'constraints': [models.UniqueConstraint(fields=('machine_name', 'major', 'minor'), name='h5p_library_once')],
            },
        ),
        migrations.CreateModel(
            name='RejectedStatement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(help_text='Of `adapter.statements.REJECTIONS` or `attempts.actions.REFUSALS`.', max_length=32)),
                ('size', models.PositiveIntegerField(help_text='Bytes.')),
                ('digest', models.CharField(help_text='SHA-256.', max_length=64)),
                ('received_at', models.DateTimeField()),
                ('attempt', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rejections', to='bdhvs_h5p.h5pattempt')),
            ],
            options={
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('attempt', 'code', 'digest'), name='h5p_rejected_statement_once')],
            },
        ),
        migrations.CreateModel(
            name='TypedText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField()),
                ('step', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='typed', to='bdhvs_h5p.h5pstep')),
            ],
            options={
                'default_permissions': (),
                'constraints': [models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='h5p_typed_text_says_something')],
            },
        ),
        migrations.CreateModel(
            name='WaitingPackage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('file_name', models.CharField(help_text='As it was called where it was chosen.', max_length=255, verbose_name='file')),
                ('packed_bytes', models.PositiveBigIntegerField(verbose_name='size')),
                ('title', models.CharField(max_length=255)),
                ('installs', models.JSONField(help_text='[{"machine_name", "major", "minor", "patch", "title", "bytes", "now"}]')),
                ('uploaded_at', models.DateTimeField(verbose_name='uploaded on')),
                ('content', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='waiting', to='bdhvs_h5p.h5pcontent')),
            ],
            options={
                'verbose_name': 'package awaiting approval',
                'verbose_name_plural': 'packages awaiting approval',
                'default_permissions': (),
            },
        ),
    ]
