"""What a typed text is: a command, nearly one, something to ask about, or a post. Pure."""

from bridgebot.commands.grammar.read import (
    Command,
    Greeting,
    Near,
    Reading,
    Text,
    Words,
    is_handle,
    is_misnamed,
    may_name_targets,
    read,
    targets,
)
from bridgebot.commands.grammar.secrets import Secret, secret
from bridgebot.commands.grammar.words import WORDS, Shape, Vocabulary, Word
from bridgebot.render.codes import is_short_id, short_id, short_number

__all__ = [
    "WORDS",
    "Command",
    "Greeting",
    "Near",
    "Reading",
    "Secret",
    "Shape",
    "Text",
    "Vocabulary",
    "Word",
    "Words",
    "is_handle",
    "is_misnamed",
    "is_short_id",
    "may_name_targets",
    "read",
    "secret",
    "short_id",
    "short_number",
    "targets",
]
