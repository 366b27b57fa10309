"""Full-text search over subject, description, number, custom fields and the text of public replies.

PostgreSQL searches the generated column `search` (migration 0003) by its GIN index: words are stemmed as English, and
`websearch_to_tsquery` gives `"a phrase"`, `-without` and `this or that`. Where pg_trgm is installed, subjects are found
in spite of misspellings, and numbers by a piece of them. Elsewhere, which means SQLite in tests, every word must occur
as it stands.

Internal notes are not among the texts: this service never receives them.
"""

import functools
import re
from typing import Any

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, Q, TextField
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast
from django.db.models.lookups import IContains

# What the column `search` covers of one ticket's replies, in characters: a tsvector may not pass 1 MB.
MAX_REPLIES = 150_000

# Made last of the two, by migration 0012.
_TRIGRAM_INDEX = "ticket_number_trigram"
_NUMBER = re.compile(r"\b(TTS)-([0-9]{4})-([0-9]{6,10})\b", re.IGNORECASE | re.ASCII)
# As people write, remember or mistype a number: `2026-00012`, `tts 2026 000123`, `#0123`, `TSS-2026-000123`.
_PIECE = re.compile(r"#?[TS]{0,4}[ #-]*([0-9]+(?:[ -]+[0-9]+)?)", re.IGNORECASE | re.ASCII)
_SHORTEST = 3  # what trigrams can look up
_FIELDS = ("subject", "description", "number", "public_replies")
_CUSTOM_FIELDS = Cast("custom_fields", TextField())

# Of PostgreSQL's own 0.6, one pair of swapped letters is too much: "keybaord" is like "keyboard" by 0.44.
_ALIKE = 0.4


def prepare(connection: BaseDatabaseWrapper, **_signal: Any) -> None:
    """Says on a new connection how like a word has to be; a server without pg_trgm keeps it and never asks."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET pg_trgm.word_similarity_threshold = %s", [_ALIKE])


def matching(text: str) -> Q | RawSQL:
    """The condition that a ticket contains what `text` asks for."""
    if connection.vendor != "postgresql":
        return _contains_every_word(text)
    # The index holds a number's parts; a number alone may be given without its zeros.
    asked = _NUMBER.sub(r'"\1 \2 \3"', text)
    if asked.isascii() and asked.isdecimal():
        asked = f"{asked} or {asked:0>6}"
    return RawSQL("tickets_ticket.search @@ websearch_to_tsquery('english', %s)", [asked], output_field=BooleanField())


def alike(text: str) -> Q | RawSQL:
    """The condition that a ticket's subject has words like `text`, or its number the digits of `text`.

    Never met where nothing can tell, or by a scrap.
    """
    if connection.vendor != "postgresql" or len(text) < _SHORTEST or not _has_trigrams():
        return Q(pk__in=[])
    subject = RawSQL("%s <%% tickets_ticket.subject", [text], output_field=BooleanField())
    asked = _PIECE.fullmatch(text.strip())
    piece = re.sub("[ -]+", "-", asked[1]) if asked else ""
    return Q(subject) | Q(number__contains=piece) if len(piece) >= _SHORTEST else subject


def tagged(tag: str) -> Q | RawSQL:
    """The condition that a ticket has this tag (a slug)."""
    if connection.vendor != "postgresql":
        return Q(IContains(Cast("tags", TextField()), f'"{tag}"'))
    return RawSQL("tickets_ticket.tags @> %s::jsonb", [f'["{tag}"]'], output_field=BooleanField())


def _contains_every_word(text: str) -> Q:
    condition = Q()
    for word in text.split():
        found = Q()
        for field in _FIELDS:
            found |= Q(**{f"{field}__icontains": word})
        condition &= found | Q(IContains(_CUSTOM_FIELDS, word))
    return condition


@functools.cache
def _has_trigrams() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [_TRIGRAM_INDEX])
        (present,) = cursor.fetchone()
    return bool(present)
