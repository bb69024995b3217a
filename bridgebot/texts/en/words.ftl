# What a post says on each network.

loss-names = { $networks }: somebody whom you name is not called there
loss-cut = { $networks }: only its beginning is there, with a link to all of it
loss-poll-time = { $networks }: the poll is not open there for as long as you said

# --- polls
poll-duration-there = { $network } keeps a poll open for { $least } at least and { $most } at most. Nothing was posted.
span-minutes = { $count ->
    [one] { $count } minute
   *[other] { $count } minutes
}
span-hours = { $count ->
    [one] { $count } hour
   *[other] { $count } hours
}
span-days = { $count ->
    [one] { $count } day
   *[other] { $count } days
}

# --- previews
help-preview = /preview TEXT: how a post would be on each network, before anything leaves
usage-preview = /preview TEXT, with +name or -name in front if you like. Without a text it shows what waits for your answer. Nothing was posted.
preview-head = Nothing is posted yet. This is how it would be ({ $audience }):
preview-length = { $length } of { $limit }
preview-bytes = { $length }, { $octets } of { $limit } bytes
preview-thread = { $network }: a thread of { $parts }
preview-skipped = ✗ { $network }: { $reason }
preview-chat = { $network }: as it is, as an item of the chat
preview-files = { $count ->
    [one] with { $count } picture or file
   *[other] with { $count } pictures or files
}
preview-quote = shows the quoted post
preview-language = language: { $language }
expired-preview = No answer for ten minutes: what you looked at was not posted.
cancelled-preview = Cancelled. It was not posted.

# --- names
help-alias = /alias @lin@example.social = @lin.bsky.social: one person, so a post names them on each network
usage-alias = /alias @lin@example.social = @lin.bsky.social says that the two are one person; /alias @lin.bsky.social off takes it back; /alias shows what you said. Only you see it.
alias-which = On which network is { $who }? Name the server too, like { $who }@example.social.
alias-on = ✓ { $one } and { $other } are one person: where you name one of them, I write what they are called on that network.
alias-off = ✓ { $who } is nobody else any more.
alias-unknown = You have said nothing of { $who }.
alias-none = You have not said of anybody who they are elsewhere: /alias @lin@example.social = @lin.bsky.social
alias-head = One person each:
alias-too-many = I keep { $most } handles at most: /alias NAME off forgets one.
