# Why something was not delivered.

skip-not-configured = this network is not configured here now
skip-read-only = it can only be read
skip-public = it has no public posts, so it is left out
skip-unlisted = it has no unlisted posts and public would be more, so it is left out; if it may be public there: /share ID to NAME public
skip-followers = it cannot keep a post to your followers, so it is left out; what may be public there is written with /vis public
skip-direct = it cannot keep a post to those it names, so it is left out; /dm writes to somebody where that can be
skip-warning = it cannot carry a content warning, so it is left out; without one it would go there
skip-no-replies = it cannot carry a reply, so it is left out; a post that answers nothing would go there
skip-no-parent = the post that this answers is not there, and alone it would say something else
skip-group = others read here, and this is not public
receipt-narrowed = taken back, for the original is for fewer people now
receipt-as-public = public there, as you said
error-after-failed = what it depends on failed
error-not-configured = This network is not configured here now; the person who runs this bot can change that.
error-bug = The bot made a mistake here; the person who runs it finds the details in the log.
receipt-held-auth = it waits: /relink { $name } and it will be sent
receipt-held-gone = it waits until the chat can be written to
receipt-held-asked = it waits for your word: /held
receipt-held-paused = it waits: you paused everything, /resume
receipt-held-house = it waits: whoever runs this bot paused everything
receipt-behind = it waits: something earlier goes there first
receipt-parked = it failed too often and was put aside; it is not lost

# The warning of a post with hidden words, where a network can hide them only all together.

warning-spoiler = spoiler

receipt-until = { $reason } It is tried again at { $time }.
receipt-anew = posted anew, for nothing can be changed there
edit-asked = it cannot be changed there, the old text stands; see my question
edit-answered = somebody has answered it
error-no-id = I do not know under which address it stands there; please change or delete it there yourself.
error-warning-too-long = The warning is too long by { $over }: { $length } of { $limit }. Please shorten it.
loss-emphasis = { $networks }: bold, italic and the like are not shown there
loss-warning = { $networks }: a warning was put in front, for words cannot be hidden there
loss-media = { $networks }: pictures and other media go there as links
