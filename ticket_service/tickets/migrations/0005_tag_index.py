"""The index of the list's filter by tag; jsonb containment is PostgreSQL's, and so is its index."""

from django.db import migrations


def add_index(apps, schema_editor):
    if schema_editor.connection.vendor == 'postgresql':
        schema_editor.execute('CREATE INDEX ticket_tags ON tickets_ticket USING gin (tags jsonb_path_ops)')


def remove_index(apps, schema_editor):
    if schema_editor.connection.vendor == 'postgresql':
        schema_editor.execute('DROP INDEX ticket_tags')


class Migration(migrations.Migration):

    dependencies = [
        ('tickets', '0004_ending'),
    ]

    operations = [
        migrations.RunPython(add_index, remove_index),
    ]
