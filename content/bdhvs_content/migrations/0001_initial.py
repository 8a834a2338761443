import django.db.models.deletion
import modelcluster.fields
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
            name='CatalogPage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, related_name='%(app_label)s_%(class)s', serialize=False, to='wagtailcore.page')),
                ('intro', models.TextField(blank=True, help_text='One or two sentences for first-time visitors.', verbose_name='introduction')),
            ],
            options={
                'verbose_name': 'course catalogue',
                'verbose_name_plural': 'course catalogues',
            },
            bases=('wagtailcore.page',),
        ),
        migrations.CreateModel(
            name='CoursePage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, related_name='%(app_label)s_%(class)s', serialize=False, to='wagtailcore.page')),
                ('intro', models.TextField(help_text='Who the course is for and what they can do afterwards. Example: “For everyone who has a phone…”', verbose_name='course description')),
            ],
            options={
                'verbose_name': 'course',
                'verbose_name_plural': 'courses',
            },
            bases=('wagtailcore.page', models.Model),
        ),
        migrations.CreateModel(
            name='LessonPage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, related_name='%(app_label)s_%(class)s', serialize=False, to='wagtailcore.page')),
                ('required', models.BooleanField(default=True, help_text='Untick for optional content. Example: a lesson for those who want to know more.', verbose_name='required for course completion')),
                ('body', wagtail.fields.StreamField([('text', 0), ('picture', 4), ('steps', 9), ('video', 14), ('audio', 17), ('callout', 21), ('document', 24), ('check', 32), ('activity', 34)], blank=True, block_lookup={0: ('bdhvs_content.blocks.words.TextBlock', (), {}), 1: ('wagtail.images.blocks.ImageChooserBlock', (), {'label': 'Image', 'required': False}), 2: ('wagtail.blocks.CharBlock', (), {'help_text': 'Read aloud to people who cannot see the image. Example: “Phone screen with the VNeID icon circled in red”.', 'label': 'Image description', 'max_length': 250, 'required': False}), 3: ('wagtail.blocks.CharBlock', (), {'help_text': 'Optional. Shown below the image.', 'label': 'Caption', 'max_length': 250, 'required': False}), 4: ('wagtail.blocks.StructBlock', [[('image', 1), ('alt', 2), ('caption', 3)]], {}), 5: ('wagtail.blocks.CharBlock', (), {'help_text': 'Optional. Example: “Turn on Wi-Fi”.', 'label': 'Heading', 'max_length': 120, 'required': False}), 6: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'italic', 'link'], 'help_text': 'One action per step. Example: “Press the blue button at the bottom.”', 'label': 'Instruction', 'required': False}), 7: ('wagtail.blocks.StructBlock', [[('text', 6), ('image', 1), ('alt', 2)]], {}), 8: ('wagtail.blocks.ListBlock', (7,), {'label': 'Steps'}), 9: ('wagtail.blocks.StructBlock', [[('heading', 5), ('steps', 8)]], {}), 10: ('wagtailmedia.blocks.VideoChooserBlock', (), {'help_text': 'MP4 or WebM, a few minutes at most (about 6 MB per minute).', 'label': 'Video', 'required': False}), 11: ('wagtail.blocks.CharBlock', (), {'help_text': 'Example: “Update VNeID, 3 minutes”.', 'label': 'Title', 'max_length': 200, 'required': False}), 12: ('wagtail.documents.blocks.DocumentChooserBlock', (), {'help_text': 'A .vtt file with the spoken text in Vietnamese.', 'label': 'Captions', 'required': False}), 13: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'italic', 'ul', 'ol', 'link'], 'help_text': 'Everything that is said and shown, for people who cannot hear and for slow connections.', 'label': 'Transcript', 'required': False}), 14: ('wagtail.blocks.StructBlock', [[('media', 10), ('title', 11), ('captions', 12), ('transcript', 13)]], {}), 15: ('wagtailmedia.blocks.AudioChooserBlock', (), {'help_text': 'MP3, M4A or OGG, a few minutes at most (about 1 MB per minute).', 'label': 'Audio', 'required': False}), 16: ('wagtail.blocks.CharBlock', (), {'help_text': 'Example: “A fraudulent call, 2 minutes”.', 'label': 'Title', 'max_length': 200, 'required': False}), 17: ('wagtail.blocks.StructBlock', [[('media', 15), ('title', 16), ('transcript', 13)]], {}), 18: ('wagtail.blocks.ChoiceBlock', [], {'choices': [('tip', 'Tip'), ('warning', 'Warning')], 'help_text': '“Warning”: where money, accounts or personal data could be lost.', 'label': 'Kind'}), 19: ('wagtail.blocks.CharBlock', (), {'help_text': 'Optional.', 'label': 'Heading', 'max_length': 120, 'required': False}), 20: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'italic', 'ul', 'link'], 'label': 'Text', 'required': False}), 21: ('wagtail.blocks.StructBlock', [[('kind', 18), ('heading', 19), ('text', 20)]], {}), 22: ('wagtail.documents.blocks.DocumentChooserBlock', (), {'label': 'Document', 'required': False}), 23: ('wagtail.blocks.CharBlock', (), {'help_text': 'What the learner will find in it. Example: “How to report a fraud, one page to print”.', 'label': 'Title', 'max_length': 200, 'required': False}), 24: ('wagtail.blocks.StructBlock', [[('document', 22), ('title', 23)]], {}), 25: ('wagtail.blocks.TextBlock', (), {'help_text': 'Example: “A caller asks for the code in a text message. What do you do?”', 'label': 'Question', 'max_length': 600, 'required': False, 'rows': 2}), 26: ('wagtail.blocks.CharBlock', (), {'label': 'Answer', 'max_length': 250, 'required': False}), 27: ('wagtail.blocks.BooleanBlock', (), {'label': 'This answer is correct', 'required': False}), 28: ('wagtail.blocks.TextBlock', (), {'help_text': 'Shown when the answer is opened. Example: “A bank never asks for the code.”', 'label': 'Feedback', 'max_length': 600, 'required': False, 'rows': 2}), 29: ('wagtail.blocks.StructBlock', [[('text', 26), ('right', 27), ('feedback', 28)]], {}), 30: ('wagtail.blocks.ListBlock', (29,), {'label': 'Answers'}), 31: ('wagtail.blocks.TextBlock', (), {'help_text': 'Optional. Why the correct answer is correct; shown with it.', 'label': 'Explanation', 'max_length': 1000, 'required': False, 'rows': 2}), 32: ('wagtail.blocks.StructBlock', [[('question', 25), ('options', 30), ('explanation', 31)]], {}), 33: ('wagtail.blocks.PageChooserBlock', (), {'help_text': 'A published quiz or other activity on this site. Learners see a link to it here.', 'label': 'Activity', 'required': False}), 34: ('wagtail.blocks.StructBlock', [[('page', 33)]], {})}, verbose_name='lesson')),
                ('facts_checked_on', models.DateField(blank=True, help_text='When the facts in this lesson (fees, phone numbers, screens) were last checked against their source. Shown to learners. Example: 24/11/2026.', null=True, verbose_name='last checked on')),
                ('facts_source', models.CharField(blank=True, help_text='Shown beside the date. Example: “Thông tư 02/2025/TT-BGDĐT”.', max_length=200, verbose_name='source of the facts')),
            ],
            options={
                'verbose_name': 'lesson',
                'verbose_name_plural': 'lessons',
            },
            bases=('wagtailcore.page', models.Model),
        ),
        migrations.CreateModel(
            name='SectionPage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, related_name='%(app_label)s_%(class)s', serialize=False, to='wagtailcore.page')),
                ('intro', models.TextField(blank=True, help_text='Optional. One sentence below the heading.', verbose_name='section description')),
            ],
            options={
                'verbose_name': 'section',
                'verbose_name_plural': 'sections',
            },
            bases=('wagtailcore.page', models.Model),
        ),
        migrations.CreateModel(
            name='PublishedVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('activity_key', models.UUIDField()),
                ('number', models.PositiveIntegerField()),
                ('fingerprint', models.CharField(max_length=64)),
                ('created_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('activity_key', 'number'), name='published_version_once')],
            },
        ),
        migrations.CreateModel(
            name='LessonAlignment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sort_order', models.IntegerField(blank=True, editable=False, null=True)),
                ('level', models.PositiveSmallIntegerField(default=1, help_text='As numbered in the framework. Example: 1.', verbose_name='level')),
                ('competency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='bdhvs_lms.competency', verbose_name='competency')),
                ('page', modelcluster.fields.ParentalKey(on_delete=django.db.models.deletion.CASCADE, related_name='alignments', to='bdhvs_content.lessonpage')),
            ],
            options={
                'ordering': ['sort_order'],
                'abstract': False,
                'constraints': [models.UniqueConstraint(fields=('page', 'competency'), name='lesson_alignment_once')],
            },
        ),
    ]
