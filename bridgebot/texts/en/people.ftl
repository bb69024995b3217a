# What other people do, and keeping some of them off.

happening-favourite = ★ { $others ->
    [0] { $who } likes
    [one] { $who } and one other like
   *[other] { $who } and { $others } others like
} { $what } ({ $network })
happening-boost = 🔁 { $others ->
    [0] { $who } boosted
    [one] { $who } and one other boosted
   *[other] { $who } and { $others } others boosted
} { $what } ({ $network })
happening-follow = { $others ->
    [0] { $who } follows
    [one] { $who } and one other follow
   *[other] { $who } and { $others } others follow
} you on { $network }.
happening-follow-request = { $who } wants to follow you on { $network }: /approve { $who } or /reject { $who }
happening-some-post = a post of yours

help-mute = /mute @name [off]: you are shown nothing of somebody, who does not learn of it
help-unmute = /unmute @name
help-block = /block @name [off]: neither of you sees the other any more
help-unblock = /unblock @name
help-bookmarks = what you put aside last on your networks
usage-mute = /mute @name, /mute @name off
usage-block = /block @name, /block @name off
muted = ✓ you are shown nothing of { $who } any more ({ $network }). /unmute lifts it.
unmuted = ✓ { $who } is not muted on { $network }.
block-ask = Block { $who } on { $network }? Neither of you sees the other any more, and follows between you end.
block-not = Nobody was blocked.
blocked = ✓ { $who } is blocked on { $network }. /unblock lifts it.
unblocked = ✓ { $who } is not blocked on { $network }. Follows do not come back by themselves.
option-block = Block
option-block-words = block, yes, y
expired-block = No answer for ten minutes: nobody was blocked.
done-mute = muted { $who }
done-unmute = unmuted { $who }
done-block = blocked { $who }
done-unblock = unblocked { $who }
bookmarks-head = Your bookmarks on { $network }, the last first:
bookmarks-none = You have no bookmarks on { $network }.
