"""The Mastodon client API on Plaza (https://docs.joinmastodon.org/methods/), for apps and other bots.

`door` lets a call in and answers it; `entities` says what Mastodon's documentation calls the things of
Plaza; the other modules hold the methods by subject. Who may read what is decided where it is for the
pages too: in `store.reach`.

An id of a post or a boost is its place in the order of changes, so both stand in one order and ids
grow with time, as clients expect.
"""
