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
receipt-unconfirmed = no clear answer yet, it may be there already
receipt-failed = not posted
receipt-held = waiting
receipt-deleting = being deleted
receipt-cancelled = not sent

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
synced-undo = undo copies: /undo { $code } · stop: /sync off { $account }
synced-gone = ↔ { $code } from { $network } taken back: { $text }

receipt-retry = retry: /retry { $code }
