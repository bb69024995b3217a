"""bridgebot: a bot that puts a person's microblogs into their chat."""

__version__ = "0.1.0"
