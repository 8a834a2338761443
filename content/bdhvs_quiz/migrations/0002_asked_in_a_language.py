from django.core.serializers.json import DjangoJSONEncoder
from django.db import migrations, models
from django.db.models import Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce


def as_it_was_asked(apps, schema_editor):
    """What was published until now has one row a number, which says in which language it asks."""
    versions = apps.get_model("bdhvs_quiz", "QuizVersion")
    versions.objects.update(language=Coalesce(KeyTextTransform("language", "shown"), Value("vi")))


class Migration(migrations.Migration):
    dependencies = [("bdhvs_quiz", "0001_initial")]

    operations = [
        migrations.RemoveConstraint(model_name="quizversion", name="quiz_version_once"),
        migrations.AddField(
            model_name="quizversion",
            name="language",
            field=models.CharField(default="", help_text="In which the quiz was asked.", max_length=20),
            preserve_default=False,
        ),
        migrations.RunPython(as_it_was_asked, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="quizversion",
            constraint=models.UniqueConstraint(
                fields=("activity_key", "number", "language"), name="quiz_version_once"
            ),
        ),
        migrations.AlterField(
            model_name="quizversion",
            name="shown",
            field=models.JSONField(
                encoder=DjangoJSONEncoder,
                help_text='{"language", "title", "intro", "attempts_allowed", "shuffle_questions", "shuffle_options", '
                '"show_answers", "questions": [{"key", "type", "plugin", "prompt", "shown", "language" where it is '
                "another}]}",
            ),
        ),
    ]
