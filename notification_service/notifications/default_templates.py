"""The words that `seed_templates` starts with. All e-mails of a ticket have one subject, or clients tear the thread.

Placeholders: recipient_name, ticket_number, ticket_subject; by kind also status, previous_status, resolution, step,
author_name, comment, reason, clock, due_at; `digest` has count and items, each with title and body. A note's text is no
placeholder: it is never read from the event.
"""

from dataclasses import dataclass

from notifications.models import Channel


@dataclass(frozen=True)
class Words:
    """A template's three parts; `html` is empty for the inbox."""

    subject: str
    text: str
    html: str = ""


EMAIL_SUBJECT = "[{{ ticket_number }}] {{ ticket_subject }}"
_HTML = """<!doctype html>
<html lang="en"><body style="font-family: sans-serif; line-height: 1.5">
<p>Hello {{ recipient_name }},</p>
%s
<p style="color: #666">{{ ticket_number }}: {{ ticket_subject }}</p>
</body></html>
"""
_TEXT = """Hello {{ recipient_name }},

%s

{{ ticket_number }}: {{ ticket_subject }}
"""


def _email(text: str, html: str) -> Words:
    return Words(EMAIL_SUBJECT, _TEXT % text, _HTML % html)


DEFAULTS: dict[tuple[str, Channel], Words] = {
    ("ticket_received", Channel.INBOX): Words("We received your ticket {{ ticket_number }}", "{{ ticket_subject }}"),
    ("ticket_received", Channel.EMAIL): _email(
        "We received your ticket {{ ticket_number }} and will be back to you.",
        "<p>We received your ticket <strong>{{ ticket_number }}</strong> and will be back to you.</p>",
    ),
    ("ticket_status_changed", Channel.INBOX): Words(
        "{{ ticket_number }} is now {{ status }}",
        "{{ ticket_subject }} (was {{ previous_status }})",
    ),
    ("ticket_status_changed", Channel.EMAIL): _email(
        "Your ticket {{ ticket_number }} is now {{ status }}.{% if resolution %}\n\n{{ resolution }}{% endif %}",
        "<p>Your ticket <strong>{{ ticket_number }}</strong> is now <strong>{{ status }}</strong>.</p>"
        "{% if resolution %}{{ resolution|linebreaks }}{% endif %}",
    ),
    ("task_assigned", Channel.INBOX): Words("{{ ticket_number }} is yours: {{ step }}", "{{ ticket_subject }}"),
    ("task_assigned", Channel.EMAIL): _email(
        'The step "{{ step }}" of {{ ticket_number }} was assigned to you.',
        "<p>The step <strong>{{ step }}</strong> of <strong>{{ ticket_number }}</strong> was assigned to you.</p>",
    ),
    ("task_transferred", Channel.INBOX): Words(
        "{{ ticket_number }} changed hands: {{ step }}", "{{ ticket_subject }}{% if reason %} ({{ reason }}){% endif %}"
    ),
    ("task_transferred", Channel.EMAIL): _email(
        'The step "{{ step }}" of {{ ticket_number }} changed hands.{% if reason %}\n\n{{ reason }}{% endif %}',
        "<p>The step <strong>{{ step }}</strong> of <strong>{{ ticket_number }}</strong> changed hands.</p>"
        "{% if reason %}{{ reason|linebreaks }}{% endif %}",
    ),
    ("task_escalated", Channel.INBOX): Words(
        "{{ ticket_number }} was escalated: {{ step }}", "{{ ticket_subject }}{% if reason %} ({{ reason }}){% endif %}"
    ),
    ("task_escalated", Channel.EMAIL): _email(
        'The step "{{ step }}" of {{ ticket_number }} was escalated.{% if reason %}\n\n{{ reason }}{% endif %}',
        "<p>The step <strong>{{ step }}</strong> of <strong>{{ ticket_number }}</strong> was escalated.</p>"
        "{% if reason %}{{ reason|linebreaks }}{% endif %}",
    ),
    ("task_moved", Channel.INBOX): Words(
        "{{ ticket_number }} was moved to {{ step }}", "{{ ticket_subject }}{% if reason %} ({{ reason }}){% endif %}"
    ),
    ("task_sla_warning", Channel.INBOX): Words(
        "{{ ticket_number }}: {{ clock }} is due at {{ due_at }}", "{{ ticket_subject }}"
    ),
    ("task_sla_warning", Channel.EMAIL): _email(
        "The {{ clock }} of {{ ticket_number }} is due at {{ due_at }}.",
        "<p>The {{ clock }} of <strong>{{ ticket_number }}</strong> is due at <strong>{{ due_at }}</strong>.</p>",
    ),
    ("task_sla_breached", Channel.INBOX): Words(
        "{{ ticket_number }}: {{ clock }} is overdue since {{ due_at }}", "{{ ticket_subject }}"
    ),
    ("task_sla_breached", Channel.EMAIL): _email(
        "The {{ clock }} of {{ ticket_number }} is overdue since {{ due_at }}.",
        "<p>The {{ clock }} of <strong>{{ ticket_number }}</strong> is overdue since {{ due_at }}.</p>",
    ),
    ("task_unrouted", Channel.INBOX): Words(
        "{{ ticket_number }} has nobody to work on it", "{{ ticket_subject }} ({{ reason }})"
    ),
    ("comment_added", Channel.INBOX): Words(
        "{{ author_name }} replied on {{ ticket_number }}", "{{ comment|truncatechars:500 }}"
    ),
    ("comment_added", Channel.EMAIL): _email(
        "{{ author_name }} replied on {{ ticket_number }}:\n\n{{ comment }}",
        "<p>{{ author_name }} replied on <strong>{{ ticket_number }}</strong>:</p>\n"
        "<blockquote>{{ comment|linebreaks }}</blockquote>",
    ),
    ("note_added", Channel.INBOX): Words(
        "{{ author_name }} left an internal note on {{ ticket_number }}", "{{ ticket_subject }}"
    ),
    ("digest", Channel.EMAIL): Words(
        EMAIL_SUBJECT,
        "{{ count }} things happened on {{ ticket_number }}:\n{% for item in items %}\n- {{ item.title }}\n"
        "  {{ item.body }}\n{% endfor %}",
        '<!doctype html>\n<html lang="en"><body style="font-family: sans-serif; line-height: 1.5">\n'
        "<p>{{ count }} things happened on <strong>{{ ticket_number }}</strong>:</p>\n<ul>{% for item in items %}"
        "<li><strong>{{ item.title }}</strong><br>{{ item.body|linebreaksbr }}</li>{% endfor %}</ul>\n"
        "</body></html>\n",
    ),
}
