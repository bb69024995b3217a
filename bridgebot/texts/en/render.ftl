# Receipts: the short words behind a mark, a network and a colon.
receipt-public = public
receipt-unlisted = unlisted
receipt-followers = followers only
receipt-direct = direct
receipt-undo = undo: /undo
receipt-memo = { $code } ✓ memo kept, only you can see it
receipt-memo-gone = { $code } ✓ memo deleted
receipt-taken-back = { $code } taken back
receipt-replied = { $code } ✓ replied to { $who } on { $network }
receipt-reply = { $code } reply to { $who }, { $audience }
receipt-parts = (thread of { $parts })
receipt-because = { $outcome }: { $reason }
receipt-unconfirmed = no answer yet, it may be there already
receipt-failed = not posted
receipt-held = waiting
receipt-deleting = being deleted
receipt-cancelled = not sent

# Why a network waits for a person.
held-auth = token expired, /relink { $name } and it will be sent
held-paused = you are paused, /resume and it will be sent

# Why a network was left out of a post.
skip-not-configured = not set up here at the moment
skip-read-only = can only be read
skip-audience = cannot limit who sees a post, so it was left out
skip-warning = has no content warnings, so it was left out
skip-no-replies = has no replies
skip-no-parent = what you answer is not there

# Posts of others.
mirror-head = { $who } on { $network } [{ $code }]
mirror-line = { $head }: { $text }
mirror-boosted = { $by } boosted { $who }
mirror-followers = (followers only)
mirror-direct = (direct)
mirror-edited = (edited)
mirror-deleted = { $head }: deleted by its author

# Posts of one's own that a rule carried on.
synced = ↔ { $code } from { $network }: { $text }
synced-gone = ↔ { $code } from { $network } taken back: { $text }
