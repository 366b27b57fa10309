"""Words for a notice: the desk's own template, or the default one where it has none."""

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.template import Context, Engine
from django.template.base import Template as Compiled

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


def template_render(*, words: Words, values: Mapping[str, object]) -> Rendered:
    """Fill in the values; they are escaped in `html` and nowhere else."""
    return Rendered(
        subject=one_line(_compiled(words.subject, _TEXT).render(Context(dict(values), autoescape=False))),
        text=_compiled(words.text, _TEXT).render(Context(dict(values), autoescape=False)),
        html=_compiled(words.html, _HTML).render(Context(dict(values), autoescape=True)),
    )


@functools.lru_cache(maxsize=256)
def _compiled(source: str, engine: Engine) -> Compiled:
    return engine.from_string(source)


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
