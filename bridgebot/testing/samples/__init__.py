"""A chat and a social adapter over HTTP with their fake servers: what `bridgebot.scaffold` copies."""
