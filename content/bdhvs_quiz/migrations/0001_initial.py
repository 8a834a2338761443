import bdhvs_content.contexts
import django.core.serializers.json
import django.core.validators
import django.db.models.deletion
import modelcluster.fields
import modelsearch.index
import uuid
import wagtail.fields
import wagtail.models.preview
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '__first__'),
        ('bdhvs_lms', '0001_initial'),
        ('contenttypes', '0002_remove_content_type_name'),
        ('wagtailcore', '0097_baselogentry_uuid_action_timestamp_indexes'),
    ]

    operations = [
        migrations.CreateModel(
            name='Question',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('translation_key', models.UUIDField(default=uuid.uuid4, editable=False)),
                ('live', models.BooleanField(default=True, editable=False, verbose_name='live')),
                ('has_unpublished_changes', models.BooleanField(default=False, editable=False, verbose_name='has unpublished changes')),
                ('first_published_at', models.DateTimeField(blank=True, db_index=True, null=True, verbose_name='first published at')),
                ('last_published_at', models.DateTimeField(editable=False, null=True, verbose_name='last published at')),
                ('go_live_at', models.DateTimeField(blank=True, null=True, verbose_name='go live date/time')),
                ('expire_at', models.DateTimeField(blank=True, null=True, verbose_name='expiry date/time')),
                ('expired', models.BooleanField(default=False, editable=False, verbose_name='expired')),
                ('locked', models.BooleanField(default=False, editable=False, verbose_name='locked')),
                ('locked_at', models.DateTimeField(editable=False, null=True, verbose_name='locked at')),
                ('type_key', models.CharField(db_index=True, editable=False, max_length=60)),
                ('prompt', models.TextField(help_text='As learners will read it. Example: “A caller claiming to be from your bank asks for the OTP. What do you do?”', max_length=2000, verbose_name='question')),
                ('explanation', models.TextField(blank=True, help_text='Shown after submission. Example: “No bank ever asks for it: anyone who has it can take your money.”', max_length=2000, verbose_name='explanation (why the answer is correct)')),
                ('folded', models.TextField(default='', editable=False)),
                ('latest_revision', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='wagtailcore.revision', verbose_name='latest revision')),
                ('live_revision', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='wagtailcore.revision', verbose_name='live revision')),
                ('locale', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='wagtailcore.locale', verbose_name='locale')),
                ('locked_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='locked by')),
                ('polymorphic_ctype', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='polymorphic_%(app_label)s.%(class)s_set+', to='contenttypes.contenttype')),
            ],
            options={
                'verbose_name': 'question',
                'verbose_name_plural': 'questions',
                'abstract': False,
                'unique_together': {('translation_key', 'locale')},
            },
            bases=(wagtail.models.preview.PreviewableMixin, modelsearch.index.Indexed, models.Model),
        ),
        migrations.CreateModel(
            name='MultipleChoiceQuestion',
            fields=[
                ('question_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='bdhvs_quiz.question')),
                ('options', wagtail.fields.StreamField([('option', 3)], blank=True, block_lookup={0: ('wagtail.blocks.CharBlock', (), {'help_text': 'Example: “Hang up and call the number on the card”.', 'label': 'Option', 'max_length': 300}), 1: ('wagtail.blocks.BooleanBlock', (), {'label': 'This is the correct answer', 'required': False}), 2: ('wagtail.blocks.CharBlock', (), {'help_text': 'Optional. Shown after submission to learners who chose this option. Explain why it is correct or incorrect.', 'label': 'Feedback', 'max_length': 500, 'required': False}), 3: ('wagtail.blocks.StructBlock', [[('text', 0), ('right', 1), ('feedback', 2)]], {})}, verbose_name='options')),
            ],
            options={
                'verbose_name': 'multiple choice question',
                'verbose_name_plural': 'multiple choice questions',
            },
            bases=('bdhvs_quiz.question',),
        ),
        migrations.CreateModel(
            name='ShortTextQuestion',
            fields=[
                ('question_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='bdhvs_quiz.question')),
                ('accepted', wagtail.fields.StreamField([('answer', 0)], blank=True, block_lookup={0: ('wagtail.blocks.CharBlock', (), {'label': 'Accepted answer', 'max_length': 200})}, verbose_name='accepted answers')),
                ('ignore_case', models.BooleanField(default=True, help_text='Example: “Otp” equals “OTP”.', verbose_name='ignore upper and lower case')),
                ('ignore_diacritics', models.BooleanField(default=True, help_text='Example: “mat khau” equals “mật khẩu”.', verbose_name='ignore diacritics')),
                ('ignore_spacing', models.BooleanField(default=True, help_text='Example: “1 1 5.” equals “115”.', verbose_name='ignore spaces and punctuation')),
            ],
            options={
                'verbose_name': 'short text question',
                'verbose_name_plural': 'short text questions',
            },
            bases=('bdhvs_quiz.question',),
        ),
        migrations.CreateModel(
            name='SingleChoiceQuestion',
            fields=[
                ('question_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='bdhvs_quiz.question')),
                ('options', wagtail.fields.StreamField([('option', 3)], blank=True, block_lookup={0: ('wagtail.blocks.CharBlock', (), {'help_text': 'Example: “Hang up and call the number on the card”.', 'label': 'Option', 'max_length': 300}), 1: ('wagtail.blocks.BooleanBlock', (), {'label': 'This is the correct answer', 'required': False}), 2: ('wagtail.blocks.CharBlock', (), {'help_text': 'Optional. Shown after submission to learners who chose this option. Explain why it is correct or incorrect.', 'label': 'Feedback', 'max_length': 500, 'required': False}), 3: ('wagtail.blocks.StructBlock', [[('text', 0), ('right', 1), ('feedback', 2)]], {})}, verbose_name='options')),
            ],
            options={
                'verbose_name': 'single choice question',
                'verbose_name_plural': 'single choice questions',
            },
            bases=('bdhvs_quiz.question',),
        ),
        migrations.CreateModel(
            name='TrueFalseQuestion',
            fields=[
                ('question_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='bdhvs_quiz.question')),
                ('answer', models.BooleanField(blank=True, choices=[(True, 'True'), (False, 'False')], null=True, verbose_name='the statement is')),
                ('feedback_right', models.CharField(blank=True, help_text='Optional.', max_length=500, verbose_name='feedback for correct answers')),
                ('feedback_wrong', models.CharField(blank=True, help_text='Optional.', max_length=500, verbose_name='feedback for incorrect answers')),
            ],
            options={
                'verbose_name': 'true/false question',
                'verbose_name_plural': 'true/false questions',
            },
            bases=('bdhvs_quiz.question',),
        ),
        migrations.CreateModel(
            name='QuizPage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, related_name='%(app_label)s_%(class)s', serialize=False, to='wagtailcore.page')),
                ('required', models.BooleanField(default=True, help_text='Untick for optional content. Example: a lesson for those who want to know more.', verbose_name='required for course completion')),
                ('intro', models.TextField(blank=True, help_text='Shown before the first question. Example: “Ten questions, as much time as you like.”', verbose_name='introduction')),
                ('pass_percent', models.PositiveSmallIntegerField(default=80, help_text='Rounded up to whole questions. Example: with 80 and 10 questions, 8 correct answers are needed to pass.', validators=[django.core.validators.MinValueValidator(1, 'Enter a number from 1 to 100.'), django.core.validators.MaxValueValidator(100, 'Enter a number from 1 to 100.')], verbose_name='pass mark (percent)')),
                ('attempts_allowed', models.PositiveSmallIntegerField(default=0, help_text='0 for unlimited attempts.', verbose_name='attempts allowed')),
                ('show_answers', models.CharField(choices=[('after_each', 'after each attempt'), ('when_passed_or_no_attempts_left', 'once passed, or when no attempts are left')], default='when_passed_or_no_attempts_left', help_text='Learners always see which questions were correct. “After each attempt” reveals the correct answers even to those who submit nothing, who can then pass the next attempt: use it for practice. Use “once passed” for quizzes that count.', max_length=40, verbose_name='show correct answers')),
                ('shuffle_questions', models.BooleanField(default=False, help_text='Each attempt has its own order and keeps it.', verbose_name='shuffle the questions')),
                ('shuffle_options', models.BooleanField(default=False, help_text='Leave off where the order matters. Example: the last option is “All of the above”.', verbose_name='shuffle the options')),
            ],
            options={
                'verbose_name': 'quiz',
                'verbose_name_plural': 'quizzes',
                'constraints': [models.CheckConstraint(condition=models.Q(('pass_percent__gte', 1), ('pass_percent__lte', 100)), name='quiz_pass_percent_1_to_100')],
            },
            bases=(bdhvs_content.contexts.ShownPage, 'wagtailcore.page', models.Model),
        ),
        migrations.CreateModel(
            name='QuizVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('activity_key', models.UUIDField()),
                ('number', models.PositiveIntegerField(help_text='What statements name as revision.')),
                ('titles', models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder, help_text='Language map at the time of publishing.')),
                ('created_at', models.DateTimeField()),
                ('language', models.CharField(help_text='In which the quiz was asked.', max_length=20)),
                ('shown', models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder, help_text='{"language", "title", "intro", "attempts_allowed", "shuffle_questions", "shuffle_options", "show_answers", "questions": [{"key", "type", "plugin", "prompt", "shown", "language" where it is another}]}')),
                ('key', models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder, help_text='Question key to what grades and explains it.')),
                ('max_score', models.DecimalField(decimal_places=2, max_digits=8)),
                ('pass_score', models.DecimalField(decimal_places=2, max_digits=8)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('activity_key', 'number', 'language'), name='quiz_version_once'), models.CheckConstraint(condition=models.Q(('pass_score__gt', 0), ('pass_score__lte', models.F('max_score'))), name='quiz_version_pass_le_max')],
            },
        ),
        migrations.CreateModel(
            name='PaperPack',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('codes', models.PositiveSmallIntegerField(help_text="1: the quiz's own order, and no other.")),
                ('held_on', models.DateField(help_text='The day of the test, which results carry.')),
                ('act_id', models.UUIDField(help_text='Idempotency key of the form that made it.', unique=True)),
                ('created_at', models.DateTimeField()),
                ('class_group', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='bdhvs_lms.classgroup')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='paper_packs', to='bdhvs_quiz.quizversion')),
            ],
            options={
                'indexes': [models.Index(fields=['class_group', '-created_at'], name='paper_pack_of_class')],
                'constraints': [models.CheckConstraint(condition=models.Q(('codes__gte', 1), ('codes__lte', 8)), name='paper_pack_codes')],
            },
        ),
        migrations.CreateModel(
            name='Attempt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('activity_key', models.UUIDField()),
                ('number', models.PositiveIntegerField(help_text="1 for the learner's first attempt at this activity.")),
                ('act_id', models.UUIDField(help_text='Idempotency key of the form that opened it.', unique=True)),
                ('references', models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder, help_text='Frozen for statements: see `references`.')),
                ('opened_at', models.DateTimeField()),
                ('opened_received_at', models.DateTimeField()),
                ('submitted_at', models.DateTimeField(null=True)),
                ('submitted_received_at', models.DateTimeField(null=True)),
                ('raw', models.DecimalField(decimal_places=2, max_digits=8, null=True)),
                ('success', models.BooleanField(null=True)),
                ('taken_back_at', models.DateTimeField(help_text="It was keyed in for the wrong person: nobody's any more.", null=True)),
                ('enrolment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='bdhvs_lms.enrolment')),
                ('learner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='bdhvs_lms.learner')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attempts', to='bdhvs_quiz.quizversion')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('submitted_at', None)), fields=('learner', 'activity_key'), name='attempt_one_open'), models.UniqueConstraint(fields=('learner', 'activity_key', 'number'), name='attempt_number_once'), models.CheckConstraint(condition=models.Q(models.Q(('raw', None), ('submitted_at', None), ('submitted_received_at', None), ('success', None)), models.Q(('raw__isnull', False), ('submitted_at__isnull', False), ('submitted_received_at__isnull', False), ('success__isnull', False)), _connector='OR'), name='attempt_graded_when_submitted')],
            },
        ),
        migrations.CreateModel(
            name='TypedAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('question_key', models.UUIDField()),
                ('number', models.PositiveIntegerField(help_text='Counts the different answers typed to this question.')),
                ('text', models.CharField(max_length=200)),
                ('attempt', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='typed_answers', to='bdhvs_quiz.attempt')),
            ],
            options={
                'verbose_name': 'typed answer',
                'verbose_name_plural': 'typed answers',
                'constraints': [models.UniqueConstraint(fields=('attempt', 'question_key', 'number'), name='typed_answer_number_once'), models.UniqueConstraint(fields=('attempt', 'question_key', 'text'), name='typed_answer_text_once'), models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='typed_answer_says_something')],
            },
        ),
        migrations.CreateModel(
            name='AttemptStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seq', models.PositiveIntegerField()),
                ('data', models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder)),
                ('occurred_at', models.DateTimeField()),
                ('received_at', models.DateTimeField()),
                ('kind', models.CharField(choices=[('opened', 'opened'), ('saved', 'saved'), ('submitted', 'submitted'), ('corrected', 'corrected'), ('returned', 'taken back')], max_length=9)),
                ('act_id', models.UUIDField(help_text="Derived from the form's key and content: see actions.", unique=True)),
                ('attempt', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='bdhvs_quiz.attempt')),
            ],
            options={
                'ordering': ['attempt', 'seq'],
                'abstract': False,
                'constraints': [models.UniqueConstraint(fields=('attempt', 'seq'), name='attempt_step_once'), models.UniqueConstraint(condition=models.Q(('kind', 'submitted')), fields=('attempt',), name='attempt_submitted_once')],
            },
        ),
        migrations.CreateModel(
            name='PaperSheet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField()),
                ('code', models.PositiveSmallIntegerField(help_text="0 for the pack's first.")),
                ('attempt', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='paper_sheet', to='bdhvs_quiz.attempt')),
                ('learner', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='bdhvs_lms.learner')),
                ('pack', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sheets', to='bdhvs_quiz.paperpack')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('pack', 'number'), name='paper_sheet_once'), models.UniqueConstraint(fields=('pack', 'learner'), name='paper_sheet_of_learner_once'), models.CheckConstraint(condition=models.Q(('attempt', None), ('learner__isnull', False), _connector='OR'), name='paper_sheet_entered_has_learner')],
            },
        ),
        migrations.CreateModel(
            name='QuizItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sort_order', models.IntegerField(blank=True, editable=False, null=True)),
                ('question', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='quiz_items', to='bdhvs_quiz.question', verbose_name='question')),
                ('page', modelcluster.fields.ParentalKey(on_delete=django.db.models.deletion.CASCADE, related_name='items', to='bdhvs_quiz.quizpage')),
            ],
            options={
                'verbose_name': 'quiz question',
                'verbose_name_plural': 'quiz questions',
                'ordering': ['sort_order'],
                'abstract': False,
                'constraints': [models.UniqueConstraint(fields=('page', 'question'), name='quiz_item_once')],
            },
        ),
        migrations.CreateModel(
            name='QuizAlignment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sort_order', models.IntegerField(blank=True, editable=False, null=True)),
                ('level', models.PositiveSmallIntegerField(default=1, help_text='As numbered in the framework. Example: 1.', verbose_name='level')),
                ('competency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='bdhvs_lms.competency', verbose_name='competency')),
                ('page', modelcluster.fields.ParentalKey(on_delete=django.db.models.deletion.CASCADE, related_name='alignments', to='bdhvs_quiz.quizpage')),
            ],
            options={
                'ordering': ['sort_order'],
                'abstract': False,
                'constraints': [models.UniqueConstraint(fields=('page', 'competency'), name='quiz_alignment_once')],
            },
        ),
    ]
