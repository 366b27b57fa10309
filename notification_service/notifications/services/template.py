"""Words for a notice: the desk's own template, or the default one where it has none."""

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.template import Context, Engine, Library, defaultfilters, defaulttags
from django.template.base import Template as Compiled

from notifications.default_templates import DEFAULTS, Words
from notifications.models import Channel, EarlierTemplate, Template

SUBJECT_CHARACTERS = 200
# What a template may use. It reaches no file, no setting and no other template, and cannot be made to fill the memory
# (`lorem`, `rjust` and their like are not among it).
TAGS = ("if", "for", "comment")
FILTERS = ("default", "escape", "length", "linebreaks", "linebreaksbr", "lower", "title", "truncatechars", "upper")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def _engine(*, autoescape: bool) -> Engine:
    allowed = Library()
    allowed.tags = {name: defaulttags.register.tags[name] for name in TAGS}
    allowed.filters = {name: defaultfilters.register.filters[name] for name in FILTERS}
    engine = Engine(autoescape=autoescape)
    engine.template_builtins = [allowed]
    return engine


_TEXT = _engine(autoescape=False)
_HTML = _engine(autoescape=True)


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


def template_compile(source: str) -> Compiled:
    """Return the template; raises django.template.TemplateSyntaxError."""
    return _compiled(source, _TEXT)


@functools.lru_cache(maxsize=256)
def _compiled(source: str, engine: Engine) -> Compiled:
    return engine.from_string(source)


def templates_seed(*, force: bool) -> int:
    """Create the templates that are missing, with `force` reset all to the defaults; answer how many were written."""
    written = 0
    for (key, channel), words in DEFAULTS.items():
        fields = {"subject": words.subject, "text": words.text, "html": words.html}
        row, created = Template.objects.get_or_create(key=key, channel=channel, defaults=fields)
        if force and not created:
            template_replace(row=row, words=words, by=None)
        written += created or force
    return written


def template_replace(*, row: Template, words: Words, by: UUID | None) -> Template:
    """Give a template, which the caller has locked, other words; those until now are kept."""
    EarlierTemplate.objects.create(
        template=row, version=row.version, subject=row.subject, text=row.text, html=row.html, replaced_by=by
    )
    row.subject, row.text, row.html, row.version = words.subject, words.text, words.html, row.version + 1
    row.save(update_fields=["subject", "text", "html", "version"])
    return row
