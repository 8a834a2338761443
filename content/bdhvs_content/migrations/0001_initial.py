import bdhvs_content.contexts
import django.core.validators
import django.db.models.deletion
import modelcluster.fields
import wagtail.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('bdhvs_lms', '0001_initial'),
        ('wagtailcore', '0097_baselogentry_uuid_action_timestamp_indexes'),
        ('wagtailimages', '0027_image_description'),
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
            bases=(bdhvs_content.contexts.ShownPage, 'wagtailcore.page'),
        ),
        migrations.CreateModel(
            name='CatalogPage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, related_name='%(app_label)s_%(class)s', serialize=False, to='wagtailcore.page')),
                ('heading', models.CharField(blank=True, help_text='Optional, instead of the title. What people can learn here. Example: “Use your phone, step by step”.', max_length=80, verbose_name='heading for visitors')),
                ('intro', models.TextField(blank=True, help_text='One or two sentences for first-time visitors.', verbose_name='introduction')),
            ],
            options={
                'verbose_name': 'course catalogue',
                'verbose_name_plural': 'course catalogues',
            },
            bases=(bdhvs_content.contexts.ShownPage, 'wagtailcore.page'),
        ),
        migrations.CreateModel(
            name='LessonPage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, related_name='%(app_label)s_%(class)s', serialize=False, to='wagtailcore.page')),
                ('required', models.BooleanField(default=True, help_text='Untick for optional content. Example: a lesson for those who want to know more.', verbose_name='required for course completion')),
                ('body', wagtail.fields.StreamField([('text', 0), ('reading', 2), ('picture', 6), ('steps', 11), ('video', 16), ('audio', 19), ('callout', 23), ('document', 26), ('check', 34), ('activity', 36)], blank=True, block_lookup={0: ('bdhvs_content.blocks.words.TextBlock', (), {}), 1: ('wagtailmedia.blocks.AudioChooserBlock', (), {'help_text': 'Somebody reading the block directly above, word for word. MP3, M4A or OGG (about 1 MB per minute). Learners hear it instead of the machine voice.', 'label': 'Audio', 'required': False}), 2: ('wagtail.blocks.StructBlock', [[('media', 1)]], {}), 3: ('wagtail.images.blocks.ImageChooserBlock', (), {'label': 'Image', 'required': False}), 4: ('wagtail.blocks.CharBlock', (), {'help_text': 'Read aloud to people who cannot see the image. Example: “Phone screen with the VNeID icon circled in red”.', 'label': 'Image description', 'max_length': 250, 'required': False}), 5: ('wagtail.blocks.CharBlock', (), {'help_text': 'Optional. Shown below the image.', 'label': 'Caption', 'max_length': 250, 'required': False}), 6: ('wagtail.blocks.StructBlock', [[('image', 3), ('alt', 4), ('caption', 5)]], {}), 7: ('wagtail.blocks.CharBlock', (), {'help_text': 'Optional. Example: “Turn on Wi-Fi”.', 'label': 'Heading', 'max_length': 120, 'required': False}), 8: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'italic', 'link'], 'help_text': 'One action per step. Example: “Press the blue button at the bottom.”', 'label': 'Instruction', 'required': False}), 9: ('wagtail.blocks.StructBlock', [[('text', 8), ('image', 3), ('alt', 4)]], {}), 10: ('wagtail.blocks.ListBlock', (9,), {'label': 'Steps'}), 11: ('wagtail.blocks.StructBlock', [[('heading', 7), ('steps', 10)]], {}), 12: ('wagtailmedia.blocks.VideoChooserBlock', (), {'help_text': 'MP4 or WebM, a few minutes at most (about 6 MB per minute).', 'label': 'Video', 'required': False}), 13: ('wagtail.blocks.CharBlock', (), {'help_text': 'Example: “Update VNeID, 3 minutes”.', 'label': 'Title', 'max_length': 200, 'required': False}), 14: ('wagtail.documents.blocks.DocumentChooserBlock', (), {'help_text': 'A .vtt file with the spoken text in Vietnamese.', 'label': 'Captions', 'required': False}), 15: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'italic', 'ul', 'ol', 'link'], 'help_text': 'Everything that is said and shown, for people who cannot hear and for slow connections.', 'label': 'Transcript', 'required': False}), 16: ('wagtail.blocks.StructBlock', [[('media', 12), ('title', 13), ('captions', 14), ('transcript', 15)]], {}), 17: ('wagtailmedia.blocks.AudioChooserBlock', (), {'help_text': 'MP3, M4A or OGG, a few minutes at most (about 1 MB per minute).', 'label': 'Audio', 'required': False}), 18: ('wagtail.blocks.CharBlock', (), {'help_text': 'Example: “A fraudulent call, 2 minutes”.', 'label': 'Title', 'max_length': 200, 'required': False}), 19: ('wagtail.blocks.StructBlock', [[('media', 17), ('title', 18), ('transcript', 15)]], {}), 20: ('wagtail.blocks.ChoiceBlock', [], {'choices': [('tip', 'Tip'), ('warning', 'Warning')], 'help_text': '“Warning”: where money, accounts or personal data could be lost.', 'label': 'Kind'}), 21: ('wagtail.blocks.CharBlock', (), {'help_text': 'Optional.', 'label': 'Heading', 'max_length': 120, 'required': False}), 22: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'italic', 'ul', 'link'], 'label': 'Text', 'required': False}), 23: ('wagtail.blocks.StructBlock', [[('kind', 20), ('heading', 21), ('text', 22)]], {}), 24: ('wagtail.documents.blocks.DocumentChooserBlock', (), {'label': 'Document', 'required': False}), 25: ('wagtail.blocks.CharBlock', (), {'help_text': 'What the learner will find in it. Example: “How to report a fraud, one page to print”.', 'label': 'Title', 'max_length': 200, 'required': False}), 26: ('wagtail.blocks.StructBlock', [[('document', 24), ('title', 25)]], {}), 27: ('wagtail.blocks.TextBlock', (), {'help_text': 'Example: “A caller asks for the code in a text message. What do you do?”', 'label': 'Question', 'max_length': 600, 'required': False, 'rows': 2}), 28: ('wagtail.blocks.CharBlock', (), {'label': 'Answer', 'max_length': 250, 'required': False}), 29: ('wagtail.blocks.BooleanBlock', (), {'label': 'This answer is correct', 'required': False}), 30: ('wagtail.blocks.TextBlock', (), {'help_text': 'Shown when the answer is opened. Example: “A bank never asks for the code.”', 'label': 'Feedback', 'max_length': 600, 'required': False, 'rows': 2}), 31: ('wagtail.blocks.StructBlock', [[('text', 28), ('right', 29), ('feedback', 30)]], {}), 32: ('wagtail.blocks.ListBlock', (31,), {'label': 'Answers'}), 33: ('wagtail.blocks.TextBlock', (), {'help_text': 'Optional. Why the correct answer is correct; shown with it.', 'label': 'Explanation', 'max_length': 1000, 'required': False, 'rows': 2}), 34: ('wagtail.blocks.StructBlock', [[('question', 27), ('options', 32), ('explanation', 33)]], {}), 35: ('wagtail.blocks.PageChooserBlock', (), {'help_text': 'A published quiz or other activity on this site. Learners see a link to it here.', 'label': 'Activity', 'required': False}), 36: ('wagtail.blocks.StructBlock', [[('page', 35)]], {})}, verbose_name='lesson')),
                ('facts_checked_on', models.DateField(blank=True, help_text='When the facts in this lesson (fees, phone numbers, screens) were last checked against their source. Shown to learners. Example: 24/11/2026.', null=True, verbose_name='last checked on')),
                ('facts_source', models.CharField(blank=True, help_text='Shown beside the date. Example: “Thông tư 02/2025/TT-BGDĐT”.', max_length=200, verbose_name='source of the facts')),
                ('open_to_all', models.BooleanField(default=False, help_text='Anyone can read this lesson without an account; nothing about them is recorded. The rest of the course stays closed. Example: the first lesson, as a taste of the course.', verbose_name='open to everyone')),
            ],
            options={
                'verbose_name': 'lesson',
                'verbose_name_plural': 'lessons',
            },
            bases=(bdhvs_content.contexts.ShownPage, 'wagtailcore.page', models.Model),
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
            bases=(bdhvs_content.contexts.ShownPage, 'wagtailcore.page', models.Model),
        ),
        migrations.CreateModel(
            name='Speech',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=64, unique=True)),
                ('file', models.FileField(max_length=200, upload_to='')),
                ('bytes', models.PositiveIntegerField()),
                ('engine', models.CharField(max_length=60)),
                ('made_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='CoursePage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, related_name='%(app_label)s_%(class)s', serialize=False, to='wagtailcore.page')),
                ('drawing', models.CharField(choices=[('phone', 'telephone'), ('card', 'identity card'), ('shield', 'shield'), ('magnifier', 'magnifying glass'), ('qr', 'QR code'), ('speech', 'speech bubbles'), ('people', 'people'), ('seedling', 'seedling')], default='phone', help_text="Shown above the course's title. Example: “shield” for a course about safety.", max_length=20, verbose_name='drawing')),
                ('picture_alt', models.CharField(blank=True, help_text='Read aloud to people who cannot see the image. Example: “Six people around a table, each with a phone”.', max_length=250, verbose_name='image description')),
                ('for_whom', models.CharField(blank=True, help_text='A few words. Example: “New to smartphones”.', max_length=60, verbose_name='for whom')),
                ('minutes', models.PositiveSmallIntegerField(blank=True, help_text='How long a learner needs for one lesson, roughly. Example: 10.', null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(240)], verbose_name='minutes per lesson')),
                ('placement', models.UUIDField(blank=True, help_text='Optional. Whoever knows the subject already takes this quiz at once, without the lessons. Quizzes can be chosen here once the course is published. Example: “Kiểm tra cuối khóa”.', null=True, verbose_name='placement quiz')),
                ('intro', models.TextField(help_text='Who the course is for and what they can do afterwards. Example: “For everyone who has a phone…”', verbose_name='course description')),
                ('picture', models.ForeignKey(blank=True, help_text='Optional. A wide image, without words in it. Example: a photo of a class in the village hall.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='wagtailimages.image', verbose_name='image instead of the drawing')),
            ],
            options={
                'verbose_name': 'course',
                'verbose_name_plural': 'courses',
            },
            bases=(bdhvs_content.contexts.ShownPage, 'wagtailcore.page', models.Model),
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
            bases=(bdhvs_content.contexts.ShownPage, 'wagtailcore.page'),
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
