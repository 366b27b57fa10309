"""Words for a notice: the desk's own template, or the default one where it has none."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.template import Context, Engine

from notifications.default_templates import DEFAULTS, Words
from notifications.models import Channel, Template

SUBJECT_CHARACTERS = 200
# No loaders: a template is a row, and can include or extend nothing.
_TEXT = Engine(autoescape=False)
_HTML = Engine(autoescape=True)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


@dataclass(frozen=True)
class Rendered:
    """Finished words: `subject` is one line, `html` is escaped."""

    subject: str
    text: str
    html: str


def one_line(text: str) -> str:
    """Return the text without line breaks and control characters, cut to what a subject may hold."""
    return " ".join(_CONTROL.sub(" ", text).split())[:SUBJECT_CHARACTERS]


def template_words(*, key: str, channel: Channel) -> Words:
    """Return the template's row, or the default words where there is none."""
    row = Template.objects.filter(key=key, channel=channel).first()
    return Words(row.subject, row.text, row.html) if row else DEFAULTS[key, channel]


def template_render(*, words: Words, values: Mapping[str, str]) -> Rendered:
    """Fill in the values; they are escaped in `html` and nowhere else."""
    context = dict(values)
    return Rendered(
        subject=one_line(_TEXT.from_string(words.subject).render(Context(context, autoescape=False))),
        text=_TEXT.from_string(words.text).render(Context(context, autoescape=False)),
        html=_HTML.from_string(words.html).render(Context(context, autoescape=True)),
    )


def templates_seed(*, force: bool) -> int:
    """Create the templates that are missing, with `force` reset all to the defaults; answer how many were written."""
    written = 0
    for (key, channel), words in DEFAULTS.items():
        fields = {"subject": words.subject, "text": words.text, "html": words.html}
        if force:
            Template.objects.update_or_create(key=key, channel=channel, defaults=fields)
            written += 1
        else:
            written += Template.objects.get_or_create(key=key, channel=channel, defaults=fields)[1]
    return written
