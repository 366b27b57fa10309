"""Why an account is closed: deactivated or suspended."""

from django.db import migrations, models


def _say_why(apps, schema_editor):
    apps.get_model("users", "User").objects.filter(is_active=False).update(inactive_reason="deactivated")


class Migration(migrations.Migration):

    dependencies = [
        ('users', '0003_one_time_links'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='inactive_reason',
            field=models.CharField(blank=True, choices=[('deactivated', 'Deactivated'), ('suspended', 'Suspended')], max_length=20),
        ),
        migrations.RunPython(_say_why, migrations.RunPython.noop),
    ]
