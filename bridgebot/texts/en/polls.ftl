# Polls, quotes, posts for later, and private messages.

help-quote = /quote ID TEXT: a post that shows another one
help-poll = /poll QUESTION | CHOICE | CHOICE | 1d | multiple, or one per line
help-vote = /vote ID 2: vote in a poll; several numbers where one may choose several
help-schedule = /schedule TIME TEXT: post later, like /schedule tomorrow 9:00 good morning
help-scheduled = What waits for its time; /scheduled cancel 2, /scheduled now 2
help-dm = /dm @ada@example.social TEXT: only they can read it

# --- polls
usage-poll = Put the question first, then at least two choices: /poll Tea or coffee? | tea | coffee. Behind them you may say how long it is open (30m, 2h, 1d) and “multiple”. Nothing was posted.
poll-files = A poll goes without pictures and files. Nothing was posted.
poll-same = Choice { $number } says the same as choice { $other }. Nothing was posted.
poll-duration = A poll is open for a minute at least and a year at most. Nothing was posted.
poll-too-many = { $network } takes { $most } choices, and these are { $count }. Nothing was posted.
poll-choice-long = Choice { $number } is too long by { $over } for { $network }. Nothing was posted.
confirm-poll = A poll cannot be changed once it is out. Shall I post it?
poll-voters = { $count ->
    [one] { $count } person voted
   *[other] { $count } people voted
}
poll-until = until { $time }
poll-over = over
poll-multiple = several choices
poll-hint = /vote { $code } 1
loss-poll = { $networks }: the poll is there in words, and nobody can vote there
loss-quote = { $networks }: the quoted post is there as a link

# --- voting
usage-vote = /vote ID and the number of your choice, like /vote 7k2 2
vote-no-poll = { $code } has no poll that you could vote in.
vote-own = { $code } is your own poll.
vote-over = The poll { $code } is over.
vote-range = This poll has choices 1 to { $most }.
vote-one = In this poll you can choose one only. You have not voted yet.
vote-already = You have voted in { $code }: { $choices }. A vote cannot be changed.
vote-under-way = Your vote in { $code } is still on its way.
vote-ask = In { $code } you may choose several; a vote cannot be changed. Vote for { $number }, { $choice }, alone? For several: /vote { $code } 1 3
not-voted = You have not voted.
voted = ✓ You have voted in { $code }.
voted-for = ✓ You have voted in { $code }: { $choices }
    Now: { $result }
poll-ended = 📊 The poll { $code } on { $network } is over: { $result }
unconfirmed-vote-ask = { $network } never answered whether it counted your vote. Please look. Did it, or shall I vote again?
option-vote-this = Vote
option-vote-this-words = vote, yes, y
expired-vote = No answer for ten minutes: you have not voted.
cancelled-vote = Cancelled. You have not voted.

# --- quotes
usage-quote = /quote ID and what you want to say about it. Nothing was posted.
quote-not-public = { $code } is not for everybody, so it is not shown to others. Nothing was posted.
quote-no-address = Nobody knows yet where { $code } can be read. Nothing was posted.

# --- later
usage-schedule = Say when and what: /schedule 18:30 TEXT, /schedule tomorrow 9:00 TEXT, /schedule in 2h TEXT, /schedule 2026-12-01 09:00 TEXT. Nothing was scheduled.
usage-scheduled = /scheduled, /scheduled cancel 2 or /scheduled now 2
schedule-past = That is over already: { $when }. Nothing was scheduled.
schedule-far = I can keep a post for a year at most. Nothing was scheduled.
schedule-too-many = { $most } posts wait already: /scheduled shows them. Nothing was scheduled.
schedule-set = ⏰ { $number }: { $when }, to { $networks } ({ $audience }):
    { $text }
    To change it, edit your message. /scheduled shows what waits.
schedule-moved = The clocks go forward then and skip the time that you named; this is the one behind it.
schedule-zone = That is in the time zone { $zone }; /timezone sets yours.
schedule-cancelled = Cancelled: nothing is posted { $when }.
schedule-none-such = Nothing waits under that number: /scheduled
scheduled-none = Nothing waits for its time. /schedule tomorrow 9:00 TEXT
scheduled-head = Waiting for their time:
scheduled-line =   { $number }  { $when }: { $text }
scheduled-how = /scheduled cancel NUMBER · /scheduled now NUMBER
when-today = today at { $time }
when-tomorrow = tomorrow at { $time }
when-later = { $weekday ->
    [1] Monday
    [2] Tuesday
    [3] Wednesday
    [4] Thursday
    [5] Friday
    [6] Saturday
   *[7] Sunday
}, { $day } at { $time }
confirm-scheduled = This was to be posted a while ago, but I was not there. Post it now?
option-unschedule = Cancel
option-unschedule-words = cancel
option-now = Now
option-now-words = now
expired-scheduled-late = Nobody answered for a day: what was to be posted earlier was not posted. It still stands in this chat.
cancelled-scheduled-late = Cancelled. It was not posted.

# --- private messages
usage-dm = /dm @ada@example.social TEXT: only they can read it. Nothing was sent.
dm-which-server = Which { $who }? Name the server too, like { $who }@example.social. Nothing was sent.
dm-nowhere = None of your accounts can write to one person alone. Nothing was sent.
dm-ask = To { $who } alone, with { $own } ({ $network }):
dm-others = { $who } will read it too, for the text names them.
