"""A course's picture, for whom it is, and how long its lessons take."""

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models
from wagtail.images import get_image_model_string


class Migration(migrations.Migration):

    dependencies = [
        ('bdhvs_content', '0001_initial'),
        # Of the site's own class of images, where it has one.
        migrations.swappable_dependency(get_image_model_string()),
    ]

    operations = [
        migrations.AddField(
            model_name='coursepage',
            name='drawing',
            field=models.CharField(choices=[('phone', 'telephone'), ('card', 'identity card'), ('shield', 'shield'), ('magnifier', 'magnifying glass'), ('qr', 'QR code'), ('speech', 'speech bubbles'), ('people', 'people'), ('seedling', 'seedling')], default='phone', help_text="Shown above the course's title. Example: “shield” for a course about safety.", max_length=20, verbose_name='drawing'),
        ),
        migrations.AddField(
            model_name='coursepage',
            name='for_whom',
            field=models.CharField(blank=True, help_text='A few words. Example: “New to smartphones”.', max_length=60, verbose_name='for whom'),
        ),
        migrations.AddField(
            model_name='coursepage',
            name='minutes',
            field=models.PositiveSmallIntegerField(blank=True, help_text='How long a learner needs for one lesson, roughly. Example: 10.', null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(240)], verbose_name='minutes per lesson'),
        ),
        migrations.AddField(
            model_name='coursepage',
            name='picture',
            field=models.ForeignKey(blank=True, help_text='Optional. A wide image, without words in it. Example: a photo of a class in the village hall.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=get_image_model_string(), verbose_name='image instead of the drawing'),
        ),
        migrations.AddField(
            model_name='coursepage',
            name='picture_alt',
            field=models.CharField(blank=True, help_text='Read aloud to people who cannot see the image. Example: “Six people around a table, each with a phone”.', max_length=250, verbose_name='image description'),
        ),
    ]
