"""Plaza as an OAuth 2 server (RFC 6749 as RFC 9700 reads it), in the places where Mastodon has it.

`apps` takes programs in, `asking` reads what one asks for, `consent` asks the person, `grants` gives
tokens and takes them back, `metadata` says where all that is.
"""
