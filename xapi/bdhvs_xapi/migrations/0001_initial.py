import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Agent',
            fields=[
                ('id', models.AutoField(primary_key=True, serialize=False)),
                ('key', models.TextField(unique=True)),
            ],
        ),
        migrations.CreateModel(
            name='Blob',
            fields=[
                ('sha2', models.CharField(max_length=128, primary_key=True, serialize=False)),
                ('content', models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name='Statement',
            fields=[
                ('seq', models.BigIntegerField(primary_key=True, serialize=False)),
                ('statement_id', models.UUIDField(unique=True)),
                ('object_kind', models.PositiveSmallIntegerField(choices=[(0, 'Activity'), (1, 'Agent'), (2, 'Group'), (3, 'StatementRef'), (4, 'SubStatement')])),
                ('object_ref', models.UUIDField(null=True)),
                ('registration', models.UUIDField(null=True)),
                ('revision', models.TextField(null=True)),
                ('success', models.BooleanField(null=True)),
                ('completion', models.BooleanField(null=True)),
                ('scaled', models.DecimalField(decimal_places=9, max_digits=10, null=True)),
                ('occurred_at', models.DateTimeField()),
                ('stored', models.DateTimeField()),
                ('body', models.BinaryField()),
                ('digest', models.BinaryField(max_length=32)),
                ('actor', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='bdhvs_xapi.agent')),
            ],
            options={
                'verbose_name': 'statement',
                'verbose_name_plural': 'statements',
                'permissions': [('void_statement', 'Can void a statement')],
                'indexes': [models.Index(condition=models.Q(('registration__isnull', False)), fields=['registration', 'seq'], name='xapi_registration_seq'), models.Index(condition=models.Q(('object_ref__isnull', False)), fields=['object_ref', 'seq'], name='xapi_object_ref_seq')],
                'constraints': [models.CheckConstraint(condition=models.Q(('scaled__isnull', True), models.Q(('scaled__gte', -1), ('scaled__lte', 1)), _connector='OR'), name='xapi_statement_scaled'), models.CheckConstraint(condition=models.Q(models.Q(('object_kind', 3), ('object_ref__isnull', False)), models.Q(models.Q(('object_kind', 3), _negated=True), ('object_ref__isnull', True)), _connector='OR'), name='xapi_statement_object_ref')],
            },
        ),
        migrations.CreateModel(
            name='ErasedAgent',
            fields=[
                ('digest', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('opaque', models.BooleanField()),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Source',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.SlugField(max_length=60, unique=True)),
                ('name', models.TextField(blank=True, default='')),
                ('url', models.TextField(blank=True, default='')),
                ('version', models.CharField(choices=[('1.0.3', '1.0.3'), ('2.0.0', '2.0.0')], default='1.0.3', max_length=10)),
                ('secret', models.TextField(blank=True, default='')),
                ('paused', models.TextField(blank=True, default='')),
                ('failures', models.PositiveIntegerField(default=0)),
                ('next_attempt_at', models.DateTimeField(null=True)),
                ('last_success_at', models.DateTimeField(null=True)),
                ('last_error_at', models.DateTimeField(null=True)),
                ('last_error', models.TextField(blank=True, default='')),
                ('created', models.DateTimeField(auto_now_add=True)),
                ('active', models.BooleanField(default=True)),
                ('trust', models.PositiveSmallIntegerField(choices=[(0, 'client-reported'), (1, 'server-graded'), (2, 'invigilated or observed'), (3, 'officially confirmed')], default=0)),
                ('cursor', models.DateTimeField(blank=True, null=True)),
                ('more', models.TextField(blank=True, default='')),
                ('cursor_next', models.DateTimeField(null=True)),
                ('lease', models.UUIDField(null=True)),
                ('lease_until', models.DateTimeField(null=True)),
                ('new', models.PositiveBigIntegerField(default=0)),
                ('known', models.PositiveBigIntegerField(default=0)),
                ('rejected', models.PositiveBigIntegerField(default=0)),
            ],
            options={
                'verbose_name': 'source LRS',
                'verbose_name_plural': 'source LRSs',
                'constraints': [models.CheckConstraint(condition=models.Q(('trust__lte', 3)), name='xapi_source_trust')],
            },
        ),
        migrations.CreateModel(
            name='Target',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.SlugField(max_length=60, unique=True)),
                ('name', models.TextField(blank=True, default='')),
                ('url', models.TextField(blank=True, default='')),
                ('version', models.CharField(choices=[('1.0.3', '1.0.3'), ('2.0.0', '2.0.0')], default='1.0.3', max_length=10)),
                ('secret', models.TextField(blank=True, default='')),
                ('paused', models.TextField(blank=True, default='')),
                ('failures', models.PositiveIntegerField(default=0)),
                ('next_attempt_at', models.DateTimeField(null=True)),
                ('last_success_at', models.DateTimeField(null=True)),
                ('last_error_at', models.DateTimeField(null=True)),
                ('last_error', models.TextField(blank=True, default='')),
                ('created', models.DateTimeField(auto_now_add=True)),
                ('active', models.BooleanField(default=True)),
                ('transport', models.CharField(default='bdhvs_xapi.http', max_length=60)),
                ('filters', models.JSONField(blank=True, default=dict)),
                ('batch_size', models.PositiveSmallIntegerField(default=50)),
                ('batch_now', models.PositiveSmallIntegerField(default=50)),
                ('delivered', models.PositiveBigIntegerField(default=0)),
                ('left_out', models.PositiveBigIntegerField(default=0)),
            ],
            options={
                'verbose_name': 'receiving LRS',
                'verbose_name_plural': 'receiving LRSs',
            },
        ),
        migrations.CreateModel(
            name='Term',
            fields=[
                ('id', models.AutoField(primary_key=True, serialize=False)),
                ('iri', models.TextField(unique=True)),
            ],
        ),
        migrations.CreateModel(
            name='Authority',
            fields=[
                ('id', models.AutoField(primary_key=True, serialize=False)),
                ('key', models.SlugField(max_length=100, unique=True)),
                ('agent', models.TextField()),
                ('trust', models.PositiveSmallIntegerField(choices=[(0, 'client-reported'), (1, 'server-graded'), (2, 'invigilated or observed'), (3, 'officially confirmed')])),
                ('defines', models.BooleanField(default=False)),
                ('created', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'verbose_name_plural': 'authorities',
                'constraints': [models.CheckConstraint(condition=models.Q(('trust__lte', 3)), name='xapi_authority_trust')],
            },
        ),
        migrations.CreateModel(
            name='Defining',
            fields=[
                ('statement', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='bdhvs_xapi.statement')),
                ('done', models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.AddField(
            model_name='statement',
            name='authority',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='bdhvs_xapi.authority'),
        ),
        migrations.CreateModel(
            name='Following',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('after', models.BigIntegerField()),
                ('since', models.BigIntegerField()),
                ('depth', models.PositiveSmallIntegerField()),
                ('statement', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='bdhvs_xapi.statement')),
            ],
        ),
        migrations.CreateModel(
            name='SourceAuthority',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('authority', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='bdhvs_xapi.authority')),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='authorities', to='bdhvs_xapi.source')),
            ],
        ),
        migrations.CreateModel(
            name='StatementAgent',
            fields=[
                ('pk', models.CompositePrimaryKey('agent_id', 'role', 'statement_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('role', models.PositiveSmallIntegerField(choices=[(0, 'actor'), (1, 'object'), (2, 'member'), (3, 'instructor'), (4, 'team'), (5, 'sub_statement'), (6, 'context_agent'), (7, 'ref_agent'), (8, 'ref_related'), (9, 'foreign_ref_agent'), (10, 'foreign_ref_related')])),
                ('agent', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='bdhvs_xapi.agent')),
                ('statement', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='bdhvs_xapi.statement')),
            ],
        ),
        migrations.AddField(
            model_name='source',
            name='same_store',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='sources', to='bdhvs_xapi.target'),
        ),
        migrations.CreateModel(
            name='Item',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.PositiveSmallIntegerField(choices=[(0, 'waiting'), (2, 'dead letter')], default=0)),
                ('attempts', models.PositiveIntegerField(default=0)),
                ('queued_at', models.DateTimeField()),
                ('next_attempt_at', models.DateTimeField()),
                ('lease', models.UUIDField(null=True)),
                ('lease_until', models.DateTimeField(null=True)),
                ('last_error', models.TextField(default='')),
                ('last_error_at', models.DateTimeField(null=True)),
                ('statement', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='bdhvs_xapi.statement')),
                ('target', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='items', to='bdhvs_xapi.target')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state', 0)), fields=['target', 'next_attempt_at', 'statement'], name='xapi_item_due'), models.Index(condition=models.Q(('state', 2)), fields=['target', 'id'], name='xapi_item_dead')],
                'constraints': [models.UniqueConstraint(fields=('target', 'statement'), name='xapi_item_once')],
            },
        ),
        migrations.CreateModel(
            name='StatementTerm',
            fields=[
                ('pk', models.CompositePrimaryKey('term_id', 'role', 'statement_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('role', models.PositiveSmallIntegerField(choices=[(0, 'object'), (1, 'parent'), (2, 'grouping'), (3, 'category'), (4, 'other'), (5, 'sub_object'), (6, 'sub_context'), (7, 'ref_object'), (8, 'ref_related'), (9, 'ref_verb'), (10, 'ref_registration'), (11, 'foreign_ref_object'), (12, 'foreign_ref_related'), (13, 'foreign_ref_verb'), (14, 'foreign_ref_registration')])),
                ('statement', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='bdhvs_xapi.statement')),
                ('term', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='bdhvs_xapi.term')),
            ],
        ),
        migrations.AddField(
            model_name='statement',
            name='object_term',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='bdhvs_xapi.term'),
        ),
        migrations.AddField(
            model_name='statement',
            name='verb',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='bdhvs_xapi.term'),
        ),
        migrations.CreateModel(
            name='Definition',
            fields=[
                ('pk', models.CompositePrimaryKey('term_id', 'kind', blank=True, editable=False, primary_key=True, serialize=False)),
                ('kind', models.PositiveSmallIntegerField(choices=[(0, 'activity'), (1, 'verb')])),
                ('content', models.TextField()),
                ('updated', models.DateTimeField(auto_now=True)),
                ('term', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='bdhvs_xapi.term')),
            ],
        ),
        migrations.CreateModel(
            name='ActivityState',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('document_id', models.TextField()),
                ('content_type', models.TextField()),
                ('content', models.BinaryField()),
                ('etag', models.CharField(max_length=40)),
                ('updated', models.DateTimeField()),
                ('registration', models.CharField(blank=True, default='', max_length=36)),
                ('agent', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='bdhvs_xapi.agent')),
                ('activity', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='bdhvs_xapi.term')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('agent', 'activity', 'registration', 'document_id'), name='xapi_activity_state_once')],
            },
        ),
        migrations.CreateModel(
            name='ActivityProfile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('document_id', models.TextField()),
                ('content_type', models.TextField()),
                ('content', models.BinaryField()),
                ('etag', models.CharField(max_length=40)),
                ('updated', models.DateTimeField()),
                ('activity', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='bdhvs_xapi.term')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('activity', 'document_id'), name='xapi_activity_profile_once')],
            },
        ),
        migrations.CreateModel(
            name='Voiding',
            fields=[
                ('pk', models.CompositePrimaryKey('target_id', 'statement_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('target_id', models.UUIDField()),
                ('trust', models.PositiveSmallIntegerField(choices=[(0, 'client-reported'), (1, 'server-graded'), (2, 'invigilated or observed'), (3, 'officially confirmed')])),
                ('statement', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='bdhvs_xapi.statement')),
            ],
        ),
        migrations.CreateModel(
            name='AgentProfile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('document_id', models.TextField()),
                ('content_type', models.TextField()),
                ('content', models.BinaryField()),
                ('etag', models.CharField(max_length=40)),
                ('updated', models.DateTimeField()),
                ('agent', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='bdhvs_xapi.agent')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('agent', 'document_id'), name='xapi_agent_profile_once')],
            },
        ),
        migrations.CreateModel(
            name='Credential',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200)),
                ('key', models.CharField(max_length=64, unique=True)),
                ('secret_hash', models.CharField(max_length=64)),
                ('scopes', models.CharField(max_length=200)),
                ('created', models.DateTimeField()),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
                ('last_used_at', models.DateTimeField(blank=True, null=True)),
                ('authority', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='credential', to='bdhvs_xapi.authority')),
            ],
            options={
                'verbose_name': 'credential',
                'verbose_name_plural': 'credentials',
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('key', ''), _negated=True), models.Q(('name', ''), _negated=True), models.Q(('scopes', ''), _negated=True)), name='xapi_credential_named')],
            },
        ),
        migrations.CreateModel(
            name='Redaction',
            fields=[
                ('statement', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='bdhvs_xapi.statement')),
                ('reason', models.TextField()),
                ('at', models.DateTimeField()),
                ('by', models.TextField()),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('reason', ''), _negated=True), models.Q(('by', ''), _negated=True)), name='xapi_redaction_said_why')],
            },
        ),
        migrations.CreateModel(
            name='Rejection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('statement_id', models.TextField(default='')),
                ('digest', models.BinaryField(max_length=32)),
                ('reason', models.TextField()),
                ('body', models.BinaryField()),
                ('at', models.DateTimeField()),
                ('source', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='rejections', to='bdhvs_xapi.source')),
            ],
            options={
                'indexes': [models.Index(fields=['source', 'id'], name='xapi_rejection_source')],
                'constraints': [models.UniqueConstraint(fields=('source', 'digest'), name='xapi_rejection_once')],
            },
        ),
        migrations.AddIndex(
            model_name='statement',
            index=models.Index(fields=['actor', 'object_term', 'occurred_at'], name='xapi_actor_object_occurred'),
        ),
        migrations.AddIndex(
            model_name='statement',
            index=models.Index(fields=['verb', 'seq'], name='xapi_verb_seq'),
        ),
        migrations.AddIndex(
            model_name='statement',
            index=models.Index(fields=['authority', 'seq'], name='xapi_authority_seq'),
        ),
        migrations.AddConstraint(
            model_name='statement',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('object_kind', 0), ('object_term__isnull', False)), models.Q(models.Q(('object_kind', 0), _negated=True), ('object_term__isnull', True)), _connector='OR'), name='xapi_statement_object_term'),
        ),
    ]
