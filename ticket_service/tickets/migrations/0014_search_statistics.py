from django.db import migrations

# With PostgreSQL's own 100, the planner takes a word of no ticket for one of every 200th, and looks for it by reading all
# tickets from the newest on instead of the index. ANALYZE, so that it knows at once.
STATISTICS = 'ALTER TABLE tickets_ticket ALTER COLUMN search SET STATISTICS {target}'


def set_target(target):
    def run(apps, schema_editor):
        if schema_editor.connection.vendor != 'postgresql':
            return
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(STATISTICS.format(target=target))
            cursor.execute('ANALYZE tickets_ticket')

    return run


class Migration(migrations.Migration):

    dependencies = [
        ('tickets', '0013_unassigned_index'),
    ]

    operations = [
        migrations.RunPython(set_target(1000), set_target(-1)),
    ]
