from django.db import migrations

# Whether pg_trgm is there, or can be installed by whoever migrates; what migration 0002 could not make is made up for.
TRIGRAMS = """
    SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm') OR EXISTS (
        SELECT FROM pg_available_extension_versions
        WHERE name = 'pg_trgm' AND (
            trusted AND has_database_privilege(current_database(), 'CREATE')
            OR (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)
        )
    )
"""
INDEX = "CREATE INDEX IF NOT EXISTS ticket_{column}_trigram ON tickets_ticket USING gin ({column} gin_trgm_ops)"


def add_indexes(apps, schema_editor):
    if schema_editor.connection.vendor != 'postgresql':
        return
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(TRIGRAMS)
        (trigrams,) = cursor.fetchone()
        if trigrams:
            cursor.execute('CREATE EXTENSION IF NOT EXISTS pg_trgm')
            for column in ('subject', 'number'):
                cursor.execute(INDEX.format(column=column))


def remove_index(apps, schema_editor):
    if schema_editor.connection.vendor == 'postgresql':
        with schema_editor.connection.cursor() as cursor:
            cursor.execute('DROP INDEX IF EXISTS ticket_number_trigram')


class Migration(migrations.Migration):

    dependencies = [
        ('tickets', '0011_category_version'),
    ]

    operations = [
        migrations.RunPython(add_indexes, remove_index),
    ]
