"""Messages and drafts as the frozen calls of deliveries keep them: plain JSON."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields as fields_of
from operator import attrgetter
from typing import Any

from bridgebot.model import Audience, Ballot, Draft, Span, Uploaded
from bridgebot.store.rows import listed, noun, plain

_NESTED: dict[str, Any] = {"poll": Ballot, "files": tuple[Uploaded, ...]}  # kept only where there are any
_FLAT = tuple(field.name for field in fields_of(Draft) if field.name not in _NESTED)
_flat = attrgetter(*_FLAT)


def message(
    text: str, language: str, *, buttons: list[list[str]] | None = None, spans: Iterable[Span] = ()
) -> dict[str, Any]:
    """A message into a chat."""
    return {"text": text, "language": language, "buttons": buttons or [], "spans": listed(spans)}


def draft(value: Draft) -> dict[str, Any]:
    """A post to be."""
    fields = dict(zip(_FLAT, _flat(value), strict=True))  # asdict copies deeply, and slowly
    fields |= {"audience": value.audience.value, "spans": listed(value.spans)}
    return fields | {name: plain(kept) for name in _NESTED if (kept := getattr(value, name))}


def as_draft(payload: dict[str, Any]) -> Draft:
    """The draft of a call, as it was frozen."""
    fields = dict(payload["draft"])
    fields |= {"audience": Audience(fields["audience"]), "spans": spans_of(fields)}
    for name, kind in _NESTED.items():
        if kept := fields.pop(name, None):
            fields[name] = noun(kept, kind)
    return Draft(**fields)


def spans_of(fields: dict[str, Any]) -> tuple[Span, ...]:
    """What an older version froze has none."""
    spans = fields.get("spans")
    return tuple(Span(*span) for span in spans) if spans else ()
