from django.db import migrations

CREATE = """
    CREATE INDEX CONCURRENTLY IF NOT EXISTS comment_search
    ON comments_comment USING gin (to_tsvector('english', body))
"""


def add_index(apps, schema_editor):
    if schema_editor.connection.vendor == 'postgresql':
        schema_editor.execute(CREATE)


def remove_index(apps, schema_editor):
    if schema_editor.connection.vendor == 'postgresql':
        schema_editor.execute('DROP INDEX CONCURRENTLY IF EXISTS comment_search')


class Migration(migrations.Migration):

    atomic = False  # writing goes on while the index is made

    dependencies = [
        ('comments', '0005_presence'),
    ]

    operations = [
        migrations.RunPython(add_index, remove_index),
    ]
