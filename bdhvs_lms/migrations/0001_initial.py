import bdhvs_lms.campaign.measures
import bdhvs_lms.classes.models
import django.core.serializers.json
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AccessedPeople',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(help_text='SHA-256 of the sorted actor UUIDs.', max_length=64, unique=True)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Competency',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=20)),
                ('label_vi', models.CharField(max_length=300)),
                ('label_en', models.CharField(blank=True, max_length=300)),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('variants_vi', models.JSONField(blank=True, default=list, help_text='Other wordings of the name that sources give.')),
                ('phrase_of', models.JSONField(blank=True, default=list, help_text='Keys of the targets whose words these are.')),
                ('close_to', models.JSONField(blank=True, default=list, help_text='Close matches elsewhere, not the same: [{framework, code}, …].')),
            ],
            options={
                'verbose_name': 'competency',
                'verbose_name_plural': 'competencies',
                'ordering': ['framework', 'position'],
            },
        ),
        migrations.CreateModel(
            name='Course',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(unique=True)),
                ('host', models.CharField(help_text='App label of the host that pushed it, e.g. bdhvs_content.', max_length=60)),
                ('titles', models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder, help_text='Language map: {"vi": "…"}.')),
                ('revision', models.CharField(help_text='Of the content last published.', max_length=64)),
                ('active', models.BooleanField(default=True, help_text='False: unpublished; history stays readable.')),
                ('pushed_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Domain',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=20)),
                ('label_vi', models.CharField(max_length=300)),
                ('label_en', models.CharField(blank=True, max_length=300)),
                ('position', models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                'ordering': ['framework', 'position'],
            },
        ),
        migrations.CreateModel(
            name='Framework',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.SlugField(max_length=60, unique=True)),
                ('title_vi', models.CharField(max_length=300)),
                ('title_en', models.CharField(blank=True, max_length=300)),
                ('instrument', models.CharField(blank=True, max_length=200)),
                ('issued_by', models.CharField(blank=True, max_length=200)),
                ('issued_by_en', models.CharField(blank=True, max_length=200)),
                ('issued', models.DateField(blank=True, null=True)),
                ('effective', models.DateField(blank=True, null=True)),
                ('source', models.TextField(blank=True)),
                ('sources', models.JSONField(blank=True, default=list, help_text='Fact by fact: [{fact_vi, fact_en, where_vi, where_en, confidence}, …].')),
                ('caveat', models.TextField(blank=True)),
                ('caveat_vi', models.TextField(blank=True)),
                ('notes', models.JSONField(blank=True, default=list, help_text='What else to know: [{vi, en, confidence_vi, confidence_en}, …].')),
            ],
            options={
                'verbose_name': 'competency framework',
                'verbose_name_plural': 'competency frameworks',
            },
        ),
        migrations.CreateModel(
            name='Indicator',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.SlugField(max_length=40, unique=True)),
                ('label_vi', models.CharField(blank=True, max_length=200)),
                ('label_en', models.CharField(blank=True, max_length=200)),
                ('source_kind', models.CharField(choices=[('learning_record', 'learning records on this site'), ('survey', 'a survey, entered or imported'), ('external', 'published by another organisation')], max_length=16)),
            ],
            options={
                'verbose_name': 'indicator',
                'verbose_name_plural': 'indicators',
            },
        ),
        migrations.CreateModel(
            name='RebuildCursor',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, unique=True)),
                ('last_learner_id', models.BigIntegerField(default=0)),
                ('started_at', models.DateTimeField()),
                ('updated_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='SiteInformation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('agency', models.CharField(max_length=160)),
                ('address', models.CharField(blank=True, max_length=200)),
                ('phone', models.CharField(blank=True, max_length=20)),
                ('hours_vi', models.CharField(blank=True, max_length=120)),
                ('hours_en', models.CharField(blank=True, max_length=120)),
                ('privacy_vi', models.CharField(blank=True, max_length=200)),
                ('privacy_en', models.CharField(blank=True, max_length=200)),
                ('recorded_at', models.DateTimeField()),
            ],
            options={
                'verbose_name': 'site information',
                'verbose_name_plural': 'site information',
            },
        ),
        migrations.CreateModel(
            name='WhoLearns',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rule', models.CharField(choices=[('everyone', 'every account, once its owner wants to'), ('groups', 'accounts of these groups'), ('by-hand', 'only people whom an operator adds')], max_length=8)),
                ('groups', models.JSONField(default=dict, help_text="Of the rule 'groups': primary keys, and names as they were.")),
                ('recorded_at', models.DateTimeField()),
            ],
            options={
                'verbose_name': 'rule for accounts that may learn',
                'verbose_name_plural': 'rule for accounts that may learn',
            },
        ),
        migrations.CreateModel(
            name='AccessedPerson',
            fields=[
                ('pk', models.CompositePrimaryKey('actor', 'people_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('actor', models.UUIDField(help_text='The learner who was looked at.')),
                ('people', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='members', to='bdhvs_lms.accessedpeople')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='AlignmentRevision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('activity_key', models.UUIDField()),
                ('revision', models.CharField(blank=True, max_length=64)),
                ('at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('activity_key', 'revision'), name='alignment_revision_once')],
            },
        ),
        migrations.CreateModel(
            name='Area',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=20)),
                ('name', models.CharField(max_length=120)),
                ('kind', models.CharField(choices=[('province', 'Province or city'), ('district', 'District (until 30/6/2025)'), ('commune', 'Commune, ward or township'), ('village', 'Village or residential group')], max_length=10)),
                ('urban', models.BooleanField(default=False)),
                ('valid_from', models.DateField(blank=True, null=True)),
                ('valid_to', models.DateField(blank=True, help_text='Last day in force.', null=True)),
                ('source', models.CharField(blank=True, max_length=300)),
                ('source_vi', models.CharField(blank=True, max_length=300)),
                ('confidence', models.CharField(blank=True, help_text='A, B, C, D, M as in the source file.', max_length=10)),
                ('note_vi', models.TextField(blank=True, help_text='E.g. territory that came from outside the old district.')),
                ('note_en', models.TextField(blank=True)),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='bdhvs_lms.area')),
            ],
            options={
                'verbose_name': 'area',
                'verbose_name_plural': 'areas',
            },
        ),
        migrations.CreateModel(
            name='AreaSuccession',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('part', models.CharField(help_text="'all', or the part as the source describes it.", max_length=200)),
                ('part_vi', models.CharField(blank=True, max_length=200)),
                ('confidence', models.CharField(blank=True, max_length=10)),
                ('new', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='predecessions', to='bdhvs_lms.area')),
                ('old', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='successions', to='bdhvs_lms.area')),
            ],
        ),
        migrations.CreateModel(
            name='ClassGroup',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('name', models.CharField(max_length=120)),
                ('code', models.SlugField(max_length=20, unique=True)),
                ('starts', models.DateField()),
                ('ends', models.DateField(blank=True, null=True)),
                ('phone', models.CharField(blank=True, help_text='Whom learners of the class call; they see it.', max_length=20)),
                ('sign_in_token', models.CharField(blank=True, editable=False, help_text='Another one makes another QR code for signing in.', max_length=43)),
                ('sign_in_until', models.DateTimeField(editable=False, help_text='Until then whoever types the code sees the list of names.', null=True)),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='classes', to='bdhvs_lms.area')),
                ('phone_of', models.ForeignKey(blank=True, help_text="Whose own number it is: it goes with them. None: an office's.", null=True, on_delete=bdhvs_lms.classes.models.number_goes, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('course', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='classes', to='bdhvs_lms.course')),
            ],
            options={
                'verbose_name': 'class',
                'verbose_name_plural': 'classes',
                'permissions': [('make_own_class', 'Can make classes and teach them')],
            },
        ),
        migrations.CreateModel(
            name='ClassSession',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('kind', models.CharField(choices=[('class', 'class session'), ('visit', 'home visit')], default='class', max_length=5)),
                ('starts_at', models.DateTimeField()),
                ('minutes', models.PositiveSmallIntegerField(default=90)),
                ('place', models.CharField(blank=True, help_text='Emptied when somebody who was visited is erased.', max_length=120)),
                ('cancelled', models.BooleanField(default=False)),
                ('held_at', models.DateTimeField(editable=False, help_text='When attendance was first taken.', null=True)),
                ('others', models.PositiveSmallIntegerField(default=0, help_text='People who came and are in no list.')),
                ('class_group', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sessions', to='bdhvs_lms.classgroup')),
            ],
            options={
                'verbose_name': 'class session',
                'verbose_name_plural': 'class sessions',
            },
        ),
        migrations.CreateModel(
            name='ClassTeacher',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_from', models.DateField()),
                ('valid_to', models.DateField(blank=True, help_text='Last day.', null=True)),
                ('owner', models.BooleanField(default=False)),
                ('ended_at', models.DateTimeField(editable=False, null=True)),
                ('class_group', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='teachers', to='bdhvs_lms.classgroup')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Alignment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('level', models.PositiveSmallIntegerField()),
                ('alignment_revision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='alignments', to='bdhvs_lms.alignmentrevision')),
                ('competency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='alignments', to='bdhvs_lms.competency')),
            ],
        ),
        migrations.CreateModel(
            name='ConsentText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.CharField(max_length=40)),
                ('number', models.PositiveIntegerField(help_text="1 for the version's first saving.")),
                ('text_vi', models.TextField(verbose_name='text in Vietnamese')),
                ('text_en', models.TextField(verbose_name='text in English')),
                ('valid_from', models.DateField(blank=True, help_text='None: a draft.', null=True, verbose_name='in force from')),
                ('recorded_at', models.DateTimeField()),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'consent text',
                'verbose_name_plural': 'consent texts',
            },
        ),
        migrations.CreateModel(
            name='AssignedCourse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('opens', models.DateField(help_text='From this day on members are enrolled.')),
                ('due', models.DateField(blank=True, help_text='By this day it is to be done.', null=True)),
                ('class_group', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='assigned_courses', to='bdhvs_lms.classgroup')),
                ('course', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='bdhvs_lms.course')),
            ],
        ),
        migrations.CreateModel(
            name='Activity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(unique=True)),
                ('type_key', models.CharField(max_length=60)),
                ('plugin', models.CharField(help_text='App label of the owner, shown when the plugin is missing.', max_length=60)),
                ('titles', models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder)),
                ('position', models.PositiveIntegerField(default=0)),
                ('required', models.BooleanField(default=True, help_text='Counts for finishing the course.')),
                ('done_on', models.CharField(choices=[('completed', 'completed'), ('passed', 'passed')], help_text='Which statement finishes it.', max_length=10)),
                ('max_score', models.DecimalField(blank=True, decimal_places=2, max_digits=8, null=True)),
                ('pass_score', models.DecimalField(blank=True, decimal_places=2, max_digits=8, null=True)),
                ('attempts_allowed', models.PositiveSmallIntegerField(default=0, help_text='0: any number.')),
                ('revision', models.CharField(max_length=64)),
                ('active', models.BooleanField(default=True)),
                ('pushed_at', models.DateTimeField()),
                ('course', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='activities', to='bdhvs_lms.course')),
                ('former_courses', models.ManyToManyField(blank=True, related_name='former_activities', to='bdhvs_lms.course')),
            ],
            options={
                'ordering': ['course', 'position', 'id'],
            },
        ),
        migrations.AddField(
            model_name='competency',
            name='domain',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='competencies', to='bdhvs_lms.domain'),
        ),
        migrations.CreateModel(
            name='EvidenceRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('level', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('label_vi', models.CharField(max_length=200)),
                ('label_en', models.CharField(blank=True, max_length=200)),
                ('competency', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='evidence_rules', to='bdhvs_lms.competency')),
                ('framework', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='evidence_rules', to='bdhvs_lms.framework')),
            ],
            options={
                'verbose_name': 'evidence rule',
                'verbose_name_plural': 'evidence rules',
            },
        ),
        migrations.CreateModel(
            name='EvidenceRuleVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('tree', models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder)),
                ('effective_from', models.DateTimeField()),
                ('created_at', models.DateTimeField()),
                ('note', models.TextField(blank=True)),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('rule', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='bdhvs_lms.evidencerule')),
            ],
        ),
        migrations.AddField(
            model_name='domain',
            name='framework',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='domains', to='bdhvs_lms.framework'),
        ),
        migrations.AddField(
            model_name='competency',
            name='framework',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='competencies', to='bdhvs_lms.framework'),
        ),
        migrations.CreateModel(
            name='FrameworkLevel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField()),
                ('label_vi', models.CharField(max_length=120)),
                ('label_en', models.CharField(blank=True, max_length=120)),
                ('framework', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='levels', to='bdhvs_lms.framework')),
            ],
            options={
                'ordering': ['framework', 'number'],
            },
        ),
        migrations.CreateModel(
            name='IriBase',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('base', models.CharField(max_length=200)),
                ('home_page', models.CharField(max_length=200)),
                ('created_at', models.DateTimeField()),
                ('id_key', models.CharField(blank=True, default='', help_text='32 random bytes in hexadecimal.', max_length=64)),
                ('unkeyed_until', models.DateTimeField(help_text='What was stored before has an id without the key, and keeps it. None: nothing was.', null=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='iri_base_single')],
            },
        ),
        migrations.CreateModel(
            name='Learner',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('actor', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('illustrative', models.BooleanField(default=False, editable=False, help_text='Made up for a demonstration.')),
                ('merges', models.BooleanField(default=False, editable=False, help_text='It stands for further records.')),
                ('merged_into', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged', to='bdhvs_lms.learner')),
            ],
        ),
        migrations.CreateModel(
            name='JoinRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('asked_at', models.DateTimeField()),
                ('class_group', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='join_requests', to='bdhvs_lms.classgroup')),
                ('learner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='join_requests', to='bdhvs_lms.learner')),
            ],
        ),
        migrations.CreateModel(
            name='Guardian',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('full_name', models.CharField(max_length=120, verbose_name='full name')),
                ('phone', models.CharField(blank=True, max_length=20, verbose_name='phone')),
                ('relation', models.CharField(choices=[('mother', 'mother'), ('father', 'father'), ('other', 'parent or guardian')], max_length=6, verbose_name='relation')),
                ('learner', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='guardian', to='bdhvs_lms.learner')),
            ],
            options={
                'verbose_name': 'parent or guardian',
                'verbose_name_plural': 'parents and guardians',
            },
        ),
        migrations.CreateModel(
            name='ExtraAttempt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('activity_key', models.UUIDField()),
                ('act_id', models.UUIDField(help_text='Idempotency key of the form that gave it.', unique=True)),
                ('given_at', models.DateTimeField()),
                ('given_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('learner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='extra_attempts', to='bdhvs_lms.learner')),
            ],
        ),
        migrations.CreateModel(
            name='Evidence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('level', models.PositiveSmallIntegerField()),
                ('statement_id', models.UUIDField()),
                ('activity_key', models.UUIDField()),
                ('occurred_at', models.DateTimeField()),
                ('success', models.BooleanField(null=True)),
                ('scaled', models.DecimalField(decimal_places=6, max_digits=7, null=True)),
                ('trust', models.SmallIntegerField()),
                ('presence', models.BooleanField(help_text="Attended or read: alone it never makes anyone 'đạt'.")),
                ('competency', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='evidence', to='bdhvs_lms.competency')),
                ('learner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='evidence', to='bdhvs_lms.learner')),
            ],
        ),
        migrations.CreateModel(
            name='Enrolment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('enrolled_at', models.DateTimeField()),
                ('course', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='enrolments', to='bdhvs_lms.course')),
                ('learner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='enrolments', to='bdhvs_lms.learner')),
            ],
        ),
        migrations.CreateModel(
            name='DataRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('copy', 'see a copy of the data'), ('correct', 'correct something'), ('erase', 'erase the personal data'), ('withdraw', 'withdraw consent')], max_length=8, verbose_name='request')),
                ('words', models.TextField(blank=True, help_text='Emptied when the person is erased.', verbose_name='in own words')),
                ('received_at', models.DateTimeField(verbose_name='received')),
                ('due', models.DateField(verbose_name='to be answered by')),
                ('by_weak_sign_in', models.BooleanField(default=False, help_text='Asked after signing in by pictures or a card, which others may have seen.')),
                ('confirmed_at', models.DateTimeField(help_text='When staff heard it from the person.', null=True)),
                ('answered_at', models.DateTimeField(null=True, verbose_name='answered')),
                ('outcome', models.CharField(blank=True, choices=[('done', 'done'), ('refused', 'not done')], max_length=7, verbose_name='outcome')),
                ('answer', models.TextField(blank=True, help_text='Emptied when the person is erased.', verbose_name='answer')),
                ('answered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('confirmed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('entered_by', models.ForeignKey(help_text='Who typed it in for somebody at the office; None: the person asked here.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('learner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='data_requests', to='bdhvs_lms.learner')),
            ],
            options={
                'verbose_name': 'request about personal data',
                'verbose_name_plural': 'requests about personal data',
            },
        ),
        migrations.CreateModel(
            name='CourseResult',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('course_key', models.UUIDField()),
                ('completed_at', models.DateTimeField()),
                ('statement_id', models.UUIDField()),
                ('trust', models.SmallIntegerField(help_text='Highest trust among the statements in force.')),
                ('learner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='course_results', to='bdhvs_lms.learner')),
            ],
        ),
        migrations.CreateModel(
            name='CompletionMark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, help_text="Its statement's id seed.", unique=True)),
                ('activity_key', models.UUIDField()),
                ('revision', models.CharField(max_length=64)),
                ('instructor', models.UUIDField(help_text='The opaque actor of who said it; None: the machine.', null=True)),
                ('reason', models.TextField(blank=True, help_text='Emptied when the learner is erased.', max_length=1000)),
                ('payload', models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder, help_text='The rest of the frozen act: references, context.')),
                ('occurred_at', models.DateTimeField()),
                ('act_id', models.UUIDField(help_text='Of the form that said it.', unique=True)),
                ('voided_at', models.DateTimeField(null=True)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('class_group', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='completion_marks', to='bdhvs_lms.classgroup')),
                ('learner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='completion_marks', to='bdhvs_lms.learner')),
            ],
        ),
        migrations.CreateModel(
            name='ClassNote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField(max_length=1000)),
                ('written_at', models.DateTimeField()),
                ('act_id', models.UUIDField(help_text='Of the form that wrote it.', unique=True)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('class_group', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notes', to='bdhvs_lms.classgroup')),
                ('learner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='class_notes', to='bdhvs_lms.learner')),
            ],
        ),
        migrations.CreateModel(
            name='Claim',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('learner', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='claim', to='bdhvs_lms.learner')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Attendance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('present', models.BooleanField()),
                ('marked_at', models.DateTimeField()),
                ('session', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attendance', to='bdhvs_lms.classsession')),
                ('learner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attendance', to='bdhvs_lms.learner')),
            ],
        ),
        migrations.CreateModel(
            name='Attainment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('level', models.PositiveSmallIntegerField()),
                ('status', models.CharField(choices=[('in_progress', 'in progress'), ('demonstrated', 'achieved'), ('confirmed', 'confirmed')], max_length=12)),
                ('attained_at', models.DateTimeField(help_text='Earliest time at which the rule held.', null=True)),
                ('confirmed_at', models.DateTimeField(null=True)),
                ('statement_id', models.UUIDField(help_text='The mastered statement.', null=True)),
                ('confirmation_id', models.UUIDField(null=True)),
                ('trust', models.SmallIntegerField(help_text='Of the strongest set of evidence that suffices: the highest of the decisions in force.', null=True)),
                ('rule_version', models.CharField(blank=True, help_text="As the statement names it: 'framework/competency/level/vN'.", max_length=120)),
                ('evidence_ids', models.JSONField(default=list, help_text='Statement ids that the statement names.')),
                ('competency', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attainments', to='bdhvs_lms.competency')),
                ('learner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attainments', to='bdhvs_lms.learner')),
            ],
        ),
        migrations.CreateModel(
            name='Act',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('act_id', models.UUIDField(unique=True)),
                ('verb', models.CharField(help_text='Verb IRI.', max_length=200)),
                ('activity_key', models.UUIDField()),
                ('id_seed', models.UUIDField(help_text="Enrolment or attempt: first element of the statement's id.")),
                ('revision', models.CharField(max_length=64)),
                ('payload', models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder, help_text='The rest of the frozen act: result, references, context.')),
                ('occurred_at', models.DateTimeField(help_text="The learner's time, clamped once at receipt.")),
                ('received_at', models.DateTimeField()),
                ('learner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='acts', to='bdhvs_lms.learner')),
            ],
        ),
        migrations.CreateModel(
            name='LearnerAlias',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(help_text="1 for the duplicate's first.")),
                ('undone', models.BooleanField(default=False)),
                ('recorded_at', models.DateTimeField()),
                ('reason', models.CharField(blank=True, help_text='Emptied when the person is erased.', max_length=200, verbose_name='reason')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('duplicate', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='aliases', to='bdhvs_lms.learner')),
                ('kept', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='bdhvs_lms.learner')),
            ],
        ),
        migrations.CreateModel(
            name='LearnerIdentity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('user', 'user account'), ('pin', 'class PIN'), ('qr', 'QR card'), ('oidc', 'external sign-in'), ('lti', 'LTI'), ('host', 'another LMS on this site'), ('actor', 'actor of fetched statements'), ('device', 'this device')], max_length=8)),
                ('issuer', models.CharField(blank=True, max_length=200)),
                ('subject', models.CharField(max_length=200)),
                ('secret', models.CharField(blank=True, editable=False, help_text='What proves it: a hashed PIN, the seed of a card.', max_length=200)),
                ('brought', models.BooleanField(default=False, editable=False, help_text='Of an account that was there before: nobody of ours sets its password, and erasing leaves it.')),
                ('learner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='identities', to='bdhvs_lms.learner')),
            ],
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_from', models.DateField()),
                ('valid_to', models.DateField(blank=True, help_text='Last day.', null=True)),
                ('found', models.BooleanField(default=False, help_text='A teacher found them on record by name and year: no ways in of theirs are given out.')),
                ('class_group', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='bdhvs_lms.classgroup')),
                ('learner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='bdhvs_lms.learner')),
            ],
        ),
        migrations.CreateModel(
            name='Organisation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200)),
                ('kind', models.CharField(choices=[('agency', 'Public agency'), ('school', 'School'), ('enterprise', 'Enterprise'), ('cooperative', 'Co-operative')], max_length=12)),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='organisations', to='bdhvs_lms.area')),
            ],
            options={
                'verbose_name': 'organisation',
                'verbose_name_plural': 'organisations',
            },
        ),
        migrations.CreateModel(
            name='PaperConsent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('signed_on', models.DateField(verbose_name='signed on')),
                ('kept_at', models.CharField(help_text='Emptied with the erasure of its last person.', max_length=200, verbose_name='where the paper is kept')),
                ('recorded_at', models.DateTimeField()),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'consent on paper',
                'verbose_name_plural': 'consents on paper',
            },
        ),
        migrations.CreateModel(
            name='Consent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('actor', models.UUIDField()),
                ('purpose', models.CharField(help_text="Which processing: 'learning' is the only one so far.", max_length=40)),
                ('text_version', models.CharField(max_length=40)),
                ('given', models.BooleanField(help_text='False: withdrawn.')),
                ('at', models.DateTimeField()),
                ('by_representative', models.BooleanField(default=False, help_text='A parent or guardian answered.')),
                ('paper', models.ForeignKey(help_text='None: answered here.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='consents', to='bdhvs_lms.paperconsent')),
            ],
        ),
        migrations.CreateModel(
            name='Person',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('full_name', models.CharField(max_length=120, verbose_name='full name')),
                ('search_name', models.CharField(db_index=True, editable=False, help_text='Folded: no diacritics.', max_length=120)),
                ('sort_name', models.CharField(db_index=True, editable=False, help_text='By it people are listed: the given name first.', max_length=240)),
                ('birth_year', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='year of birth')),
                ('phone', models.CharField(blank=True, max_length=20, verbose_name='phone')),
                ('learner', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='person', to='bdhvs_lms.learner')),
            ],
            options={
                'verbose_name': 'learner',
                'verbose_name_plural': 'learners',
                'permissions': [('export_person', 'Can export everything about a person')],
            },
        ),
        migrations.CreateModel(
            name='PinTry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('device', models.CharField(editable=False, help_text='A random number that the device keeps.', max_length=16)),
                ('at', models.DateTimeField(db_index=True)),
                ('identity', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='bdhvs_lms.learneridentity')),
            ],
        ),
        migrations.CreateModel(
            name='Placement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_from', models.DateField()),
                ('recorded_at', models.DateTimeField()),
                ('area', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='placements', to='bdhvs_lms.area')),
                ('learner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='placements', to='bdhvs_lms.learner')),
            ],
        ),
        migrations.CreateModel(
            name='Plan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.SlugField(max_length=60, unique=True)),
                ('title_vi', models.CharField(max_length=300)),
                ('title_en', models.CharField(blank=True, max_length=300)),
                ('issued_by', models.CharField(max_length=300)),
                ('issued_by_en', models.CharField(blank=True, max_length=300)),
                ('reported', models.DateField(blank=True, help_text='Day of the source that reports the plan.', null=True)),
                ('source', models.CharField(max_length=300)),
                ('source_vi', models.CharField(blank=True, max_length=300)),
                ('confidence', models.CharField(max_length=200)),
                ('confidence_vi', models.CharField(blank=True, max_length=200)),
                ('notes', models.JSONField(blank=True, default=list, help_text='How to read the targets: [{vi, en}, …].')),
                ('comparators', models.JSONField(blank=True, default=list, help_text='Targets of other plans: [{plan_vi, plan_en, what_vi, …, source, confidence_vi, …}, …].')),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='plans', to='bdhvs_lms.area')),
                ('replaces', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaced_by', to='bdhvs_lms.plan')),
            ],
            options={
                'verbose_name': 'plan',
                'verbose_name_plural': 'plans',
            },
        ),
        migrations.CreateModel(
            name='Presence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('session_key', models.UUIDField()),
                ('attended_at', models.DateTimeField()),
                ('trust', models.SmallIntegerField(help_text='Highest trust among the statements in force.')),
                ('learner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='presences', to='bdhvs_lms.learner')),
            ],
        ),
        migrations.CreateModel(
            name='Realignment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('activity_key', models.UUIDField()),
                ('from_revision', models.CharField(blank=True, max_length=64)),
                ('at', models.DateTimeField()),
                ('reason', models.TextField()),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('to', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='realignments', to='bdhvs_lms.alignmentrevision')),
            ],
        ),
        migrations.CreateModel(
            name='Result',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('activity_key', models.UUIDField()),
                ('last_at', models.DateTimeField(help_text='The latest statement of any kind.')),
                ('experienced_at', models.DateTimeField(null=True)),
                ('completed_at', models.DateTimeField(null=True)),
                ('completed_trust', models.SmallIntegerField(help_text='Highest trust among the statements that completed.', null=True)),
                ('passed_at', models.DateTimeField(null=True)),
                ('failed_at', models.DateTimeField(null=True)),
                ('best_scaled', models.DecimalField(decimal_places=6, max_digits=7, null=True)),
                ('best_raw', models.DecimalField(decimal_places=2, max_digits=10, null=True)),
                ('best_max', models.DecimalField(decimal_places=2, max_digits=10, null=True)),
                ('trust', models.SmallIntegerField(help_text='Highest trust among the statements that passed.', null=True)),
                ('learner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='results', to='bdhvs_lms.learner')),
            ],
        ),
        migrations.CreateModel(
            name='Revocation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('credential_key', models.CharField(max_length=64, unique=True)),
                ('reason', models.TextField(help_text='In words, for those who ask later.')),
                ('actor', models.UUIDField(help_text='Whom the voidings name as having voided: opaque.')),
                ('begun_at', models.DateTimeField()),
                ('last_seq', models.BigIntegerField(default=0)),
                ('voided', models.PositiveIntegerField(default=0, help_text='Statements of the credential.')),
                ('withdrawn', models.PositiveIntegerField(default=0, help_text='Decisions that followed from them.')),
                ('finished_at', models.DateTimeField(null=True)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='RuleApplication',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('effective_from', models.DateTimeField()),
                ('at', models.DateTimeField()),
                ('reason', models.TextField()),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='applications', to='bdhvs_lms.evidenceruleversion')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='SelfRegistration',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('registered_at', models.DateTimeField()),
                ('form', models.UUIDField(editable=False, help_text='Of the page that was sent and the name: sent again is the same.', null=True, unique=True)),
                ('origin', models.CharField(blank=True, editable=False, help_text="The address's digest of that day.", max_length=64)),
                ('area', models.ForeignKey(blank=True, help_text='None: unknown.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='bdhvs_lms.area')),
                ('learner', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='self_registration', to='bdhvs_lms.learner')),
            ],
            options={
                'verbose_name': 'self-registered person',
                'verbose_name_plural': 'self-registered people',
            },
        ),
        migrations.CreateModel(
            name='SessionAct',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('verb', models.CharField(help_text='Verb IRI.', max_length=200)),
                ('object_key', models.UUIDField(help_text='The session, or the lesson that was watched.')),
                ('revision', models.CharField(blank=True, max_length=64)),
                ('grading', models.PositiveSmallIntegerField(default=1)),
                ('instructor', models.UUIDField(help_text='The opaque actor of who recorded it; None: the machine.', null=True)),
                ('payload', models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder, help_text='The rest of the frozen act: references, context.')),
                ('occurred_at', models.DateTimeField()),
                ('received_at', models.DateTimeField()),
                ('voided_at', models.DateTimeField(null=True)),
                ('learner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='session_acts', to='bdhvs_lms.learner')),
                ('session', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='acts', to='bdhvs_lms.classsession')),
            ],
        ),
        migrations.CreateModel(
            name='SignInAccount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(editable=False, max_length=64, null=True, unique=True)),
                ('generation', models.PositiveIntegerField(default=0, editable=False)),
                ('user', models.OneToOneField(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'staff account',
                'verbose_name_plural': 'staff accounts',
            },
        ),
        migrations.CreateModel(
            name='SignInSession',
            fields=[
                ('session_key', models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name='session key')),
                ('session_data', models.TextField(verbose_name='session data')),
                ('expire_date', models.DateTimeField(db_index=True, verbose_name='expire date')),
                ('kind', models.CharField(blank=True, choices=[('own', 'personal device'), ('shared', 'shared device'), ('staff', 'work')], max_length=6)),
                ('device', models.CharField(blank=True, help_text="Browser and system: 'chrome android'.", max_length=30)),
                ('began_at', models.DateTimeField(null=True)),
                ('seen_at', models.DateTimeField(help_text='To some minutes.', null=True)),
                ('identity', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='bdhvs_lms.learneridentity')),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'session',
                'verbose_name_plural': 'sessions',
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='SignInTry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject', models.CharField(editable=False, max_length=64)),
                ('device', models.CharField(blank=True, editable=False, max_length=16)),
                ('address', models.CharField(blank=True, editable=False, max_length=64)),
                ('at', models.DateTimeField(db_index=True)),
            ],
            options={
                'indexes': [models.Index(fields=['subject', 'device', '-at'], name='sign_in_try_subject'), models.Index(fields=['address', '-at'], name='sign_in_try_address')],
            },
        ),
        migrations.CreateModel(
            name='SteeringAssignment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steering_assignments', to='bdhvs_lms.area')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'steering committee assignment',
                'verbose_name_plural': 'steering committee assignments',
            },
        ),
        migrations.CreateModel(
            name='TakenId',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('statement_id', models.UUIDField(help_text='The id that was taken.')),
                ('recorded_as', models.UUIDField(help_text='The statement that was to have it.')),
                ('authority', models.CharField(help_text="Who recorded what stands there: the authority's key.", max_length=100)),
                ('found_at', models.DateTimeField()),
            ],
            options={
                'verbose_name': 'conflicting statement ID',
                'verbose_name_plural': 'conflicting statement IDs',
                'constraints': [models.UniqueConstraint(fields=('statement_id', 'recorded_as'), name='taken_id_once')],
            },
        ),
        migrations.CreateModel(
            name='TargetGroup',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.SlugField(max_length=40, unique=True)),
                ('label_vi', models.CharField(max_length=200)),
                ('label_en', models.CharField(blank=True, max_length=200)),
                ('counted_where', models.CharField(choices=[('area', 'place of residence'), ('organisation', 'place of work or study')], max_length=12)),
                ('rule_vi', models.CharField(blank=True, help_text='E.g. the age rule, as the plan words it.', max_length=300)),
                ('rule_en', models.CharField(blank=True, max_length=300)),
                ('min_age', models.PositiveSmallIntegerField(blank=True, help_text='Who reaches this age is in the group. Empty: the group has no age rule.', null=True)),
                ('urban_only', models.BooleanField(default=False, help_text='Of `part_of`, those who live in an urban unit on the day that is asked about.')),
                ('part_of', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='bdhvs_lms.targetgroup')),
            ],
            options={
                'verbose_name': 'target group',
                'verbose_name_plural': 'target groups',
            },
        ),
        migrations.CreateModel(
            name='Target',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.SlugField(help_text="As in the plan's list, e.g. T3-2025.", max_length=40)),
                ('row', models.PositiveSmallIntegerField(help_text="Place in the plan's order: 3 for T3.")),
                ('year', models.PositiveSmallIntegerField()),
                ('operator', models.CharField(choices=[('>', '>'), ('>=', '≥'), ('=', '='), ('<=', '≤')], max_length=2)),
                ('value', models.DecimalField(decimal_places=2, max_digits=12)),
                ('measure', models.CharField(choices=bdhvs_lms.campaign.measures.choices, max_length=20)),
                ('measurable', models.BooleanField(default=True, help_text='Measurable as written.')),
                ('reason_vi', models.TextField(blank=True, help_text='Why it is not measurable as written.')),
                ('reason_en', models.TextField(blank=True)),
                ('name_vi', models.CharField(blank=True, help_text='A short name of ours: no more than the plan says.', max_length=80)),
                ('name_en', models.CharField(blank=True, max_length=80)),
                ('quote_vi', models.TextField(help_text="The plan's own words.")),
                ('quote_en', models.TextField(blank=True, help_text='A translation of ours: the plan speaks Vietnamese only.')),
                ('proficiency_bar_vi', models.CharField(blank=True, max_length=200)),
                ('proficiency_bar_en', models.CharField(blank=True, max_length=200)),
                ('denominator_vi', models.CharField(blank=True, max_length=300)),
                ('denominator_en', models.CharField(blank=True, max_length=300)),
                ('note_vi', models.TextField(blank=True)),
                ('note_en', models.TextField(blank=True)),
                ('as_of', models.DateField(help_text='The day the target speaks of.')),
                ('indicator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='targets', to='bdhvs_lms.indicator')),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='targets', to='bdhvs_lms.plan')),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='targets', to='bdhvs_lms.targetgroup')),
            ],
            options={
                'verbose_name': 'target',
                'verbose_name_plural': 'targets',
                'ordering': ['plan', 'year', 'row'],
            },
        ),
        migrations.CreateModel(
            name='PassRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField()),
                ('number', models.PositiveIntegerField(default=1)),
                ('all_of', models.JSONField(help_text='Competency codes of the framework, all of which are needed.')),
                ('level', models.PositiveSmallIntegerField()),
                ('label_vi', models.CharField(max_length=300)),
                ('label_en', models.CharField(blank=True, max_length=300)),
                ('note_vi', models.TextField(blank=True, help_text='Why it is so, and what to know before relying on it.')),
                ('note_en', models.TextField(blank=True)),
                ('created_at', models.DateTimeField()),
                ('framework', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pass_rules', to='bdhvs_lms.framework')),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pass_rules', to='bdhvs_lms.targetgroup')),
            ],
            options={
                'verbose_name': 'target rule',
                'verbose_name_plural': 'target rules',
            },
        ),
        migrations.CreateModel(
            name='Figure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('as_of', models.DateField()),
                ('numerator', models.PositiveIntegerField(blank=True, help_text='The number of people counted by the source.', null=True)),
                ('base', models.PositiveIntegerField(blank=True, help_text='Among how many people the source counted.', null=True)),
                ('percent', models.DecimalField(blank=True, decimal_places=2, help_text='Only where the source gives a share and no count.', max_digits=6, null=True)),
                ('rank', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('source', models.CharField(max_length=300)),
                ('note', models.TextField(blank=True)),
                ('illustrative', models.BooleanField(default=False, help_text='Made up for a demonstration; marked wherever shown.')),
                ('entered_at', models.DateTimeField()),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='figures', to='bdhvs_lms.area')),
                ('entered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('indicator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='figures', to='bdhvs_lms.indicator')),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='figures', to='bdhvs_lms.targetgroup')),
            ],
            options={
                'verbose_name': 'outside figure',
                'verbose_name_plural': 'outside figures',
            },
        ),
        migrations.CreateModel(
            name='Denominator',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('as_of', models.DateField()),
                ('value', models.PositiveIntegerField()),
                ('source', models.CharField(max_length=300)),
                ('illustrative', models.BooleanField(default=False, help_text='Made up for a demonstration; marked wherever shown.')),
                ('entered_at', models.DateTimeField()),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='denominators', to='bdhvs_lms.area')),
                ('entered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='denominators', to='bdhvs_lms.targetgroup')),
            ],
            options={
                'verbose_name': 'target population',
                'verbose_name_plural': 'target populations',
            },
        ),
        migrations.CreateModel(
            name='Belonging',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_from', models.DateField()),
                ('valid_to', models.DateField(blank=True, help_text='Last day.', null=True)),
                ('withdrawn', models.BooleanField(default=False, help_text='It never held: a correction of an earlier row.')),
                ('grade', models.CharField(blank=True, max_length=8, verbose_name='grade')),
                ('basis', models.CharField(choices=[('list', 'by list'), ('rule', 'by rule')], default='list', max_length=4)),
                ('recorded_at', models.DateTimeField()),
                ('learner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='belongings', to='bdhvs_lms.learner')),
                ('organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='belongings', to='bdhvs_lms.organisation')),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='belongings', to='bdhvs_lms.targetgroup')),
            ],
        ),
        migrations.CreateModel(
            name='Team',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('name', models.CharField(max_length=120)),
                ('valid_from', models.DateField()),
                ('valid_to', models.DateField(blank=True, help_text='Last day.', null=True)),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='teams', to='bdhvs_lms.area')),
                ('organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='teams', to='bdhvs_lms.organisation')),
            ],
            options={
                'verbose_name': 'community team',
                'verbose_name_plural': 'community teams',
            },
        ),
        migrations.CreateModel(
            name='TeamMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('full_name', models.CharField(blank=True, help_text='Of a neighbour; emptied when it is erased.', max_length=120)),
                ('phone', models.CharField(blank=True, help_text='Of a neighbour; emptied when it is erased.', max_length=20)),
                ('leader', models.BooleanField(default=False)),
                ('youth_union', models.BooleanField(default=False)),
                ('valid_from', models.DateField()),
                ('valid_to', models.DateField(blank=True, help_text='Last day.', null=True)),
                ('ended_at', models.DateTimeField(editable=False, help_text='From this moment on it is over.', null=True)),
                ('learner', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='bdhvs_lms.learner')),
                ('team', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='members', to='bdhvs_lms.team')),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Unfolded',
            fields=[
                ('seq', models.BigIntegerField(help_text='Of the statement, in the ledger.', primary_key=True, serialize=False)),
                ('failures', models.PositiveSmallIntegerField(default=0, help_text='How often folding it has failed.')),
            ],
            options={
                'indexes': [models.Index(fields=['failures', 'seq'], name='unfolded_in_order')],
            },
        ),
        migrations.CreateModel(
            name='AccessLog',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('user_label', models.CharField(help_text='Kept when the account goes, unless its person is erased.', max_length=150)),
                ('page', models.CharField(help_text="Name of the view, e.g. 'class-review'.", max_length=60)),
                ('detail', models.CharField(blank=True, max_length=200)),
                ('people', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='looks', to='bdhvs_lms.accessedpeople')),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'access log',
                'verbose_name_plural': 'access log',
                'indexes': [models.Index(fields=['people', '-at'], name='access_of_people'), models.Index(fields=['user', '-at'], name='access_by_user'), models.Index(fields=['at'], name='access_at')],
            },
        ),
        migrations.AddConstraint(
            model_name='area',
            constraint=models.UniqueConstraint(fields=('code', 'valid_from'), name='area_code_valid_from'),
        ),
        migrations.AddConstraint(
            model_name='area',
            constraint=models.UniqueConstraint(condition=models.Q(('valid_from', None)), fields=('code',), name='area_code_open_start'),
        ),
        migrations.AddConstraint(
            model_name='area',
            constraint=models.CheckConstraint(condition=models.Q(('valid_from', None), ('valid_to', None), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='area_span'),
        ),
        migrations.AddConstraint(
            model_name='areasuccession',
            constraint=models.UniqueConstraint(fields=('old', 'new'), name='succession_once'),
        ),
        migrations.AddIndex(
            model_name='classsession',
            index=models.Index(fields=['class_group', '-starts_at'], name='session_of_class'),
        ),
        migrations.AddConstraint(
            model_name='classsession',
            constraint=models.UniqueConstraint(fields=('class_group', 'kind', 'starts_at'), name='session_once'),
        ),
        migrations.AddConstraint(
            model_name='classsession',
            constraint=models.CheckConstraint(condition=models.Q(('minutes__gte', 1), ('minutes__lte', 600)), name='session_minutes'),
        ),
        migrations.AddConstraint(
            model_name='classteacher',
            constraint=models.UniqueConstraint(fields=('class_group', 'user', 'valid_from'), name='teacher_once'),
        ),
        migrations.AddConstraint(
            model_name='alignment',
            constraint=models.UniqueConstraint(fields=('alignment_revision', 'competency'), name='alignment_competency_once'),
        ),
        migrations.AddIndex(
            model_name='consenttext',
            index=models.Index(fields=['-valid_from'], name='consent_text_in_force'),
        ),
        migrations.AddConstraint(
            model_name='consenttext',
            constraint=models.UniqueConstraint(fields=('version', 'number'), name='consent_text_once'),
        ),
        migrations.AddConstraint(
            model_name='classgroup',
            constraint=models.CheckConstraint(condition=models.Q(('phone_of', None), models.Q(('phone', ''), _negated=True), _connector='OR'), name='class_phone_is_somebodys'),
        ),
        migrations.AddConstraint(
            model_name='assignedcourse',
            constraint=models.UniqueConstraint(fields=('class_group', 'course'), name='assigned_once'),
        ),
        migrations.AddConstraint(
            model_name='assignedcourse',
            constraint=models.CheckConstraint(condition=models.Q(('due', None), ('due__gte', models.F('opens')), _connector='OR'), name='assigned_span'),
        ),
        migrations.AddConstraint(
            model_name='activity',
            constraint=models.CheckConstraint(condition=models.Q(('pass_score', None), ('max_score__gte', models.F('pass_score')), _connector='OR'), name='activity_pass_le_max'),
        ),
        migrations.AddConstraint(
            model_name='evidenceruleversion',
            constraint=models.UniqueConstraint(fields=('rule', 'number'), name='rule_version_once'),
        ),
        migrations.AddConstraint(
            model_name='evidencerule',
            constraint=models.UniqueConstraint(condition=models.Q(('competency', None), ('level', None)), fields=('framework',), name='evidence_rule_framework'),
        ),
        migrations.AddConstraint(
            model_name='evidencerule',
            constraint=models.UniqueConstraint(condition=models.Q(('competency__isnull', False), ('level', None)), fields=('competency',), name='evidence_rule_competency'),
        ),
        migrations.AddConstraint(
            model_name='evidencerule',
            constraint=models.UniqueConstraint(fields=('competency', 'level'), name='evidence_rule_level'),
        ),
        migrations.AddConstraint(
            model_name='evidencerule',
            constraint=models.CheckConstraint(condition=models.Q(('level', None), ('competency__isnull', False), _connector='OR'), name='evidence_rule_level_needs_competency'),
        ),
        migrations.AddConstraint(
            model_name='domain',
            constraint=models.UniqueConstraint(fields=('framework', 'code'), name='domain_once'),
        ),
        migrations.AddConstraint(
            model_name='competency',
            constraint=models.UniqueConstraint(fields=('framework', 'code'), name='competency_once'),
        ),
        migrations.AddConstraint(
            model_name='frameworklevel',
            constraint=models.UniqueConstraint(fields=('framework', 'number'), name='level_once'),
        ),
        migrations.AddIndex(
            model_name='learner',
            index=models.Index(condition=models.Q(('illustrative', True)), fields=['illustrative'], name='learner_made_up'),
        ),
        migrations.AddIndex(
            model_name='learner',
            index=models.Index(condition=models.Q(('merged_into__isnull', False)), fields=['merged_into'], name='learner_merged_into'),
        ),
        migrations.AddIndex(
            model_name='learner',
            index=models.Index(condition=models.Q(('merges', True)), fields=['merges'], name='learner_merges'),
        ),
        migrations.AddConstraint(
            model_name='joinrequest',
            constraint=models.UniqueConstraint(fields=('learner', 'class_group'), name='join_request_once'),
        ),
        migrations.AddIndex(
            model_name='extraattempt',
            index=models.Index(fields=['learner', 'activity_key'], name='extra_attempt_of_learner'),
        ),
        migrations.AddIndex(
            model_name='evidence',
            index=models.Index(fields=['learner', 'competency', 'occurred_at', 'statement_id'], name='evidence_in_order'),
        ),
        migrations.AddConstraint(
            model_name='evidence',
            constraint=models.UniqueConstraint(fields=('learner', 'statement_id', 'competency'), name='evidence_once'),
        ),
        migrations.AddConstraint(
            model_name='enrolment',
            constraint=models.UniqueConstraint(fields=('learner', 'course'), name='enrolment_once'),
        ),
        migrations.AddIndex(
            model_name='datarequest',
            index=models.Index(condition=models.Q(('answered_at', None)), fields=['due'], name='data_request_open'),
        ),
        migrations.AddConstraint(
            model_name='datarequest',
            constraint=models.UniqueConstraint(condition=models.Q(('answered_at', None)), fields=('learner', 'kind'), name='data_request_open_once'),
        ),
        migrations.AddConstraint(
            model_name='datarequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answered_at', None), ('outcome', '')), models.Q(('answered_at__isnull', False), models.Q(('outcome', ''), _negated=True)), _connector='OR'), name='data_request_answered'),
        ),
        migrations.AddConstraint(
            model_name='courseresult',
            constraint=models.UniqueConstraint(fields=('learner', 'course_key'), name='course_result_once'),
        ),
        migrations.AddConstraint(
            model_name='completionmark',
            constraint=models.UniqueConstraint(condition=models.Q(('voided_at', None)), fields=('learner', 'activity_key'), name='completion_mark_once'),
        ),
        migrations.AddIndex(
            model_name='classnote',
            index=models.Index(fields=['class_group', 'learner', '-written_at'], name='note_of_learner'),
        ),
        migrations.AddConstraint(
            model_name='attendance',
            constraint=models.UniqueConstraint(fields=('session', 'learner'), name='attendance_once'),
        ),
        migrations.AddIndex(
            model_name='attainment',
            index=models.Index(fields=['competency', 'level', 'attained_at', 'learner'], name='attainment_by_day'),
        ),
        migrations.AddConstraint(
            model_name='attainment',
            constraint=models.UniqueConstraint(fields=('learner', 'competency', 'level'), name='attainment_once'),
        ),
        migrations.AddConstraint(
            model_name='attainment',
            constraint=models.CheckConstraint(condition=models.Q(('status', 'in_progress'), ('attained_at__isnull', False), _connector='OR'), name='attainment_has_time'),
        ),
        migrations.AddIndex(
            model_name='act',
            index=models.Index(fields=['learner', 'activity_key'], name='act_of_learner'),
        ),
        migrations.AddIndex(
            model_name='learneralias',
            index=models.Index(fields=['kept', 'duplicate'], name='alias_of_kept'),
        ),
        migrations.AddConstraint(
            model_name='learneralias',
            constraint=models.UniqueConstraint(fields=('duplicate', 'number'), name='alias_number_once'),
        ),
        migrations.AddConstraint(
            model_name='learneralias',
            constraint=models.CheckConstraint(condition=models.Q(('duplicate', models.F('kept')), _negated=True), name='alias_of_another'),
        ),
        migrations.AddConstraint(
            model_name='learneridentity',
            constraint=models.UniqueConstraint(fields=('kind', 'issuer', 'subject'), name='identity_once'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.UniqueConstraint(fields=('learner', 'class_group', 'valid_from'), name='membership_once'),
        ),
        migrations.AddConstraint(
            model_name='organisation',
            constraint=models.UniqueConstraint(fields=('name', 'area'), name='organisation_name_area'),
        ),
        migrations.AddIndex(
            model_name='consent',
            index=models.Index(fields=['actor', 'purpose', '-at'], name='consent_latest'),
        ),
        migrations.AddIndex(
            model_name='pintry',
            index=models.Index(fields=['device', '-at'], name='pin_try_device'),
        ),
        migrations.AddIndex(
            model_name='pintry',
            index=models.Index(fields=['identity', '-at'], name='pin_try_identity'),
        ),
        migrations.AddIndex(
            model_name='placement',
            index=models.Index(fields=['learner', '-valid_from', '-id'], name='placement_on_day'),
        ),
        migrations.AddIndex(
            model_name='placement',
            index=models.Index(fields=['area', 'valid_from'], name='placement_of_area'),
        ),
        migrations.AddIndex(
            model_name='presence',
            index=models.Index(fields=['session_key', 'learner'], name='presence_of_session'),
        ),
        migrations.AddConstraint(
            model_name='presence',
            constraint=models.UniqueConstraint(fields=('learner', 'session_key'), name='presence_once'),
        ),
        migrations.AddIndex(
            model_name='realignment',
            index=models.Index(fields=['activity_key', 'from_revision', '-id'], name='realignment_latest'),
        ),
        migrations.AddIndex(
            model_name='result',
            index=models.Index(fields=['activity_key', 'learner'], name='result_of_activity'),
        ),
        migrations.AddConstraint(
            model_name='result',
            constraint=models.UniqueConstraint(fields=('learner', 'activity_key'), name='result_once'),
        ),
        migrations.AddIndex(
            model_name='selfregistration',
            index=models.Index(fields=['-registered_at', '-id'], name='self_registered_lately'),
        ),
        migrations.AddIndex(
            model_name='selfregistration',
            index=models.Index(fields=['origin'], name='self_registered_origin'),
        ),
        migrations.AddConstraint(
            model_name='sessionact',
            constraint=models.UniqueConstraint(fields=('session', 'learner', 'verb', 'object_key', 'grading'), name='session_act_once'),
        ),
        migrations.AddConstraint(
            model_name='steeringassignment',
            constraint=models.UniqueConstraint(fields=('user', 'area'), name='steering_once'),
        ),
        migrations.AddConstraint(
            model_name='targetgroup',
            constraint=models.CheckConstraint(condition=models.Q(('urban_only', False), ('part_of__isnull', False), _connector='OR'), name='group_urban_is_part_of_one'),
        ),
        migrations.AddConstraint(
            model_name='targetgroup',
            constraint=models.CheckConstraint(condition=models.Q(('part_of', None), ('min_age', None), _connector='OR'), name='group_part_has_no_age_of_its_own'),
        ),
        migrations.AddConstraint(
            model_name='target',
            constraint=models.UniqueConstraint(fields=('plan', 'key'), name='target_key'),
        ),
        migrations.AddConstraint(
            model_name='target',
            constraint=models.CheckConstraint(condition=models.Q(('measurable', True), models.Q(('reason_vi', ''), _negated=True), _connector='OR'), name='target_not_measurable_has_reason'),
        ),
        migrations.AddConstraint(
            model_name='passrule',
            constraint=models.UniqueConstraint(fields=('group', 'year', 'number'), name='pass_rule_once'),
        ),
        migrations.AddIndex(
            model_name='figure',
            index=models.Index(fields=['group', 'area', 'indicator', '-as_of', '-entered_at'], name='figure_in_force'),
        ),
        migrations.AddConstraint(
            model_name='figure',
            constraint=models.CheckConstraint(condition=models.Q(('numerator__isnull', False), ('percent__isnull', False), ('rank__isnull', False), _connector='OR'), name='figure_says_something'),
        ),
        migrations.AddConstraint(
            model_name='figure',
            constraint=models.CheckConstraint(condition=models.Q(('percent', None), ('numerator', None), _connector='OR'), name='figure_count_or_share'),
        ),
        migrations.AddConstraint(
            model_name='figure',
            constraint=models.CheckConstraint(condition=models.Q(('percent', None), models.Q(('percent__gte', 0), ('percent__lte', 100)), _connector='OR'), name='figure_percent'),
        ),
        migrations.AddConstraint(
            model_name='figure',
            constraint=models.CheckConstraint(condition=models.Q(('rank', None), ('rank__gte', 1), _connector='OR'), name='figure_rank'),
        ),
        migrations.AddConstraint(
            model_name='figure',
            constraint=models.CheckConstraint(condition=models.Q(('base', None), models.Q(('base__gte', 1), ('numerator__lte', models.F('base'))), _connector='OR'), name='figure_part_of_base'),
        ),
        migrations.AddIndex(
            model_name='denominator',
            index=models.Index(fields=['group', 'area', '-as_of', '-entered_at'], name='denominator_in_force'),
        ),
        migrations.AddIndex(
            model_name='belonging',
            index=models.Index(fields=['group', 'learner', '-valid_from', '-id'], name='belonging_of_group'),
        ),
        migrations.AddConstraint(
            model_name='belonging',
            constraint=models.CheckConstraint(condition=models.Q(('valid_to', None), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='belonging_span'),
        ),
        migrations.AddConstraint(
            model_name='team',
            constraint=models.UniqueConstraint(fields=('area', 'name'), name='team_name_area'),
        ),
        migrations.AddConstraint(
            model_name='team',
            constraint=models.CheckConstraint(condition=models.Q(('valid_to', None), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='team_span'),
        ),
        migrations.AddConstraint(
            model_name='teammember',
            constraint=models.CheckConstraint(condition=models.Q(('valid_to', None), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='team_member_span'),
        ),
        migrations.AddConstraint(
            model_name='teammember',
            constraint=models.UniqueConstraint(condition=models.Q(('valid_to', None)), fields=('team', 'user'), name='team_member_once'),
        ),
        migrations.AddConstraint(
            model_name='teammember',
            constraint=models.UniqueConstraint(condition=models.Q(('valid_to', None)), fields=('team', 'learner'), name='team_member_learner_once'),
        ),
        migrations.AddConstraint(
            model_name='teammember',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('full_name', ''), ('learner', None), ('phone', '')), models.Q(('full_name', ''), ('phone', ''), ('user', None)), models.Q(('learner', None), ('user', None)), _connector='OR'), name='team_member_one_way'),
        ),
    ]
