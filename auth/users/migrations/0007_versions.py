
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('users', '0006_credentials_and_registrations'),
    ]

    operations = [
        migrations.AddField(
            model_name='serviceclient',
            name='version',
            field=models.PositiveBigIntegerField(db_default=1, default=1),
        ),
        migrations.AddField(
            model_name='system',
            name='version',
            field=models.PositiveBigIntegerField(db_default=1, default=1),
        ),
    ]
