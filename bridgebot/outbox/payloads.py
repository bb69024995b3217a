"""Messages and drafts as the frozen calls of deliveries keep them: plain JSON."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields as fields_of
from typing import Any

from bridgebot.model import Audience, Ballot, Draft, Span, Uploaded
from bridgebot.store.rows import listed, noun, plain

_OF_A_DRAFT = tuple(field.name for field in fields_of(Draft))
_NESTED: dict[str, Any] = {"poll": Ballot | None, "files": tuple[Uploaded, ...]}


def message(
    text: str, language: str, *, buttons: list[list[str]] | None = None, spans: Iterable[Span] = ()
) -> dict[str, Any]:
    """A message into a chat."""
    return {"text": text, "language": language, "buttons": buttons or [], "spans": listed(spans)}


def draft(value: Draft) -> dict[str, Any]:
    """A post to be."""
    fields = {name: getattr(value, name) for name in _OF_A_DRAFT}  # asdict copies deeply, and slowly
    fields |= {"audience": value.audience.value, "spans": listed(value.spans)}
    return fields | {name: plain(fields[name]) for name in _NESTED}


def as_draft(payload: dict[str, Any]) -> Draft:
    """The draft of a call, as it was frozen."""
    fields = payload["draft"]
    read = {"audience": Audience(fields["audience"]), "spans": spans_of(fields)}
    nested = {name: noun(fields[name], kind) for name, kind in _NESTED.items() if name in fields}
    return Draft(**(fields | read | nested))


def spans_of(fields: dict[str, Any]) -> tuple[Span, ...]:
    """What an older version froze has none."""
    return tuple(Span(*span) for span in fields.get("spans", ()))
