# Why something was not delivered.

skip-not-configured = this network is not configured here now
skip-read-only = it can only be read
skip-audience = it cannot keep a post to this audience, so it is left out
skip-warning = it cannot carry a content warning, so it is left out
skip-no-replies = it cannot carry a reply
skip-no-parent = the post that this answers is not there
error-after-failed = what it depends on failed
error-not-configured = This network is not configured here now; the person who runs this bot can change that.
error-bug = The bot made a mistake here; the person who runs it finds the details in the log.
receipt-held-auth = it waits: /relink { $name } and it will be sent
receipt-held-gone = it waits until the chat can be written to
receipt-held-asked = it waited for long and waits for your word now: /held
receipt-held-paused = it waits: you paused everything, /resume
receipt-held-house = it waits: whoever runs this bot paused everything
receipt-parked = it failed too often and was put aside; it is not lost

# The warning of a post with hidden words, where a network can hide them only all together.

warning-spoiler = spoiler
