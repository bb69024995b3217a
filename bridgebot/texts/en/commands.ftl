# What commands answer.

welcome = Hi! I put your microblogs into this chat: what you write here becomes a post, what you follow arrives here.
    First you need an account: { $ways ->
        [join] /join NAME makes one ({ $joinable }).
        [link] /link NETWORK brings one that you have ({ $linkable }).
       *[both] /join NAME makes one ({ $joinable }), /link NETWORK brings one that you have ({ $linkable }).
    }
    /help shows what else there is.
welcome-operator = You are the operator of this bot: /help admin shows what that lets you do, /admin invite lets somebody else in.
welcome-back = Hi! You are { $accounts }. Type something and send it: it becomes a post. /help shows what else there is.
stranger = Hi! This bot is by invitation. If you have a code, send it to me here; else ask the person who runs it.
role-given = Welcome, { $role }.
role-already = You are in already. The code is still good for somebody else.
role-user = user
role-operator = operator
role-blocked = blocked
message-failed = Something went wrong here while I handled that message; nothing was posted. It is kept as number { $number } for the person who runs this bot.
direct-only = /{ $name } works in a direct chat with me only.
admins-only = Only the administrators of this group can do that.
operators-only = Only operators of this bot can do that.
group-how-to = Here I do nothing on my own. /post TEXT posts with your own account; /help shows the rest.

help-head = What I can do (the rest: /help all):
help-foot = Ids like 7k2, addresses and @names all name a post. Chinese commands work too: /帮助.
help-all = All commands (more on each: /help COMMAND): { $commands }
help-unknown = There is no command “{ $name }”. All of them: { $commands }
help-aliases = Also:

help-start = begin, or redeem a code
help-help = what I can do
help-tour = a few things to try
help-cancel = leave the question that is open
help-status = what is under way, and what needs you
help-settings = what plain text is, pictures, reactions, language, time zone
help-language = /language en or zh-CN
help-timezone = /timezone Asia/Shanghai
help-pause = stop everything outgoing at once; it is kept
help-resume = let it go on; what was stopped is asked about
help-held = what waits for your word before it is sent or shown
help-join = /join NAME: a new account on a network that lives here
help-link = /link NETWORK: bring an account that you have
help-accounts = your accounts; ● marks where plain posts go
help-default = /default NAME…: where plain posts of this chat go
help-unlink = /unlink NAME: forget an account here
help-relink = /relink NAME: prove an account again
help-post = /post TEXT; +name or -name in front chooses accounts
help-to = /to NAME,NAME TEXT
help-cw = /cw TEXT: a content warning for the next post
help-vis = /vis public, unlisted, followers or direct: who reads the next post
help-lang = /lang CODE (en, zh, ja …): the language of the next post
help-memo = /memo TEXT: keep it for yourself; share it later
help-memos = /memos [WORD]: your last memos
help-share = /share ID [to NAMES] [public]: publish a memo, or bring a post to more accounts; with “public” also an unlisted one where there is no unlisted
help-reply = /re ID TEXT, or simply answer the message
help-fav = /fav ID
help-unfav = /unfav ID
help-boost = /boost ID
help-unboost = /unboost ID
help-bookmark = /bookmark ID: keep a post there, only you see it
help-unbookmark = /unbookmark ID
help-edit = /edit ID TEXT, or edit your message; /edit ID shows the text to change
help-del = /del ID, or delete your message
help-undo = take back the last thing you did here; /undo ID a post, or what rules did with it
help-url = /url ID: every address of a post
help-thread = /thread ID: the conversation around a post
help-whois = /whois @name
help-follow = /follow @name: the posts arrive in this chat
help-unfollow = /unfollow @name
help-requests = who wants to follow you
help-approve = /approve @name: let somebody follow you; in a group /approve NUMBER: let a draft out
help-reject = /reject @name; in a group /reject NUMBER: of a draft
help-lock = /lock on or off: follows wait for your word
help-report = /report ID WHY: tell those who moderate
help-home = /home [on or off] [NAME]: everything you follow there, into this chat
help-mentions = /mentions [on or off] [NAME]
help-tag = /tag WORD [off]: posts with a tag, into this chat
help-list = /list: your lists there; /list NAME [off]: what its people post, into this chat
help-search = /search WORDS: posts in which they stand
help-mirror = /mirror [NAME] @name, home, own or #tag: public posts into a group
help-on = deliver here again, with what was kept
help-off = deliver nothing here; it is kept
help-digest = show what waits here because too much came, a few at a time; /digest all

tour = Try these:
    · write something: it becomes a post, and its receipt has an id like 2k7
    · /re 3bd your answer    · /fav 3bd    · /boost 3bd
    · /follow @lin           · /whois @lin · /thread 3bd
    · /memo milk, bread      · /memos      · /share 4mt
    · /vis followers         · /cw spoilers (both for the next post)
    · /undo takes back the last thing

no-accounts = You have no account here yet. /join NAME makes one, /link NETWORK brings one that you have.
no-accounts-to-post = Nothing was posted: you have no account here yet. /join NAME makes one, /link NETWORK brings one that you have.
no-targets = Nothing was posted: no account is a default target in this chat. /default { $names } sets them.
no-such-account = There is no account of that name. Yours: { $names }
no-account-for-reply = None of your accounts can answer that post. Nothing was posted.
no-account-for-post = None of your accounts can reach { $code }.
no-such-post = I know no post “{ $which }” in this chat. Use its id (like 7k2), its address, or answer the message.
which-post = Which post? Name its id (like 7k2) or its address, or answer its message with the command.
not-yours = { $code } is not your post.
cannot-do = { $network } cannot do that.
cannot-do-anywhere = None of your accounts can do that.
cannot-join = No network here makes accounts. /link NETWORK brings one that you have.
joined-already = You are { $handle } on { $network } already; one account each.

cancelled-reply = Cancelled. Nothing was posted.
cancelled-link = Linking was cancelled.
cancelled-confirm = Cancelled. Nothing was posted.
cancelled-plain-mode = Cancelled. Nothing was posted.
cancelled-near = Cancelled. Nothing was posted.
cancelled-words = Cancelled. Nothing was posted.
cancelled-unlink = Cancelled. The account stays.
cancelled-undo = Cancelled. Nothing was taken back.
cancelled-late = Cancelled. Nothing of it was posted.
cancelled-late-one = Cancelled. The rest was not posted.
cancelled-held = Cancelled. It stays kept: /held asks again.
cancelled-held-one = Cancelled. The rest stays kept: /held asks again.
cancelled-held-items = Cancelled. It stays kept: /held asks again.
cancelled-unconfirmed = Cancelled. The post stays unconfirmed.
nothing-to-cancel = There is no open question.

status-head = { $waiting ->
    [0] Nothing waits.
    [one] One delivery waits.
   *[other] { $waiting } deliveries wait.
}
status-paused = You paused everything outgoing: /resume lets it go on.
status-house-paused = Whoever runs this bot paused everything outgoing; it is kept.
status-held = { $count ->
    [one] One of them waits for your word: /held
   *[other] { $count } of them wait for your word: /held
}
account-active = works
account-expired = no longer accepted: /relink
paused = Paused: nothing of yours leaves until /resume. What you post is kept.
resumed = { $waiting ->
    [0] Goes on. Nothing had waited.
    [one] Goes on. One thing had waited; I ask before it is sent.
   *[other] Goes on. { $waiting } things had waited; I ask before they are sent.
}
resumed-already = Nothing was paused.
settings = Plain text: { $plain }
    Language: { $language } (/language) · time zone: { $timezone } (/timezone)
    Plain posts go to: { $targets } (/default)
    Pictures without a description: { $alt } (/settings alt on or off)
    Pictures that come into this chat: { $pictures } (/settings pictures on or off)
    Your reactions to what I show: { $reactions } (/settings reactions on or off)
    Change: /settings plain post, ask or command
plain-post = Plain text is posted. /settings plain ask changes that.
plain-ask = I ask before I post plain text. /settings plain post changes that.
plain-command = Only /post publishes. /settings plain post changes that.
plain-unset = not chosen yet
reactions-act = Your reactions to the posts that I show you act now: { $favourite } favourite, { $boost } boost, { $bookmark } bookmark. Taking the reaction away takes that back. /settings reactions off ends it.
reactions-idle = Your reactions do nothing any more; what they did stays.
reactions-untold = But this chat network does not tell me of any.
reactions-set-marks = { $favourite } favourite, { $boost } boost, { $bookmark } bookmark
reactions-do-nothing = they do nothing
language-set = We speak English now.
usage-language = /language en or /language zh-CN
timezone-set = Your time zone is { $timezone }.
usage-timezone = It is { $now }. Name one like Europe/Berlin or Asia/Shanghai: /timezone Asia/Shanghai

audience-public = public
audience-unlisted = unlisted
audience-followers = followers only
audience-direct = only those mentioned
vis-set = The next post: { $audience }.
usage-vis = /vis public, unlisted, followers or direct
lang-set = The next post is in: { $language }.
usage-lang = /lang and a language, like /lang en or /lang zh: it is told with the next post
cw-set = The next post is folded behind: { $warning }
cw-off = The next post has no warning.

accounts-head = Your accounts:
accounts-foot = ● plain posts go there (/default changes that)
default-set = Plain posts of this chat go to: { $names }
usage-default = Name your accounts: /default { $names }
usage-link = /link and one of: { $networks }
usage-join = /join and the name that you want, on { $networks }
link-again = { $reason } Try again, or /cancel.
link-failed = { $network } was not linked: { $reason }
linked = { $handle } on { $network } is yours here, under the name { $name }. Plain posts go there, and what mentions it comes here.
relinked = { $handle } on { $network } works again. What waited is sent now.
relinked-some = { $handle } on { $network } works again. What waited up to an hour is sent now.
linked-another = This is { $handle }. What waits for { $other } is for that account alone: /relink { $name }
relink-made-here = { $handle } was made here on { $network }, so there is nothing to prove. If it does not work, ask the person who runs this bot.
unlink-ask = Forget { $handle } on { $network } here? Its posts stay there; what waits for it is dropped.
unlink-ask-close = Close { $handle } on { $network }? The account was made here and nothing else opens it: its posts are deleted, and the name is given to nobody again.
unlink-kept = Nothing was changed.
unlinked = { $handle } on { $network } is forgotten here.
account-expired-notice = { $network } no longer accepts { $name }. Your posts wait: /relink { $name } and they are sent.

to-usage = /to NAME TEXT with your account names: { $names }
usage-memo = /memo TEXT
usage-reply = /re ID TEXT
usage-edit = /edit ID TEXT
usage-whois = /whois @name
usage-approve = /approve @name or /reject @name
usage-lock = /lock on or /lock off
usage-tag = /tag WORD
usage-mirror = /mirror @name, /mirror home, /mirror own or /mirror #tag, with an account name in front if you have several
share-usage = /share ID: a memo or post of your own, from this chat.
share-there-already = { $code } is there already.
unsharing = { $code } is being taken back from { $network }.
nothing-to-post = There is nothing in it to post.

memos-head = { $number ->
    [one] One memo:
   *[other] { $number } memos:
}
memos-none = No memos. /memo TEXT keeps one.
url-none = { $code } has no address.
edited = { $code } is changed.
edit-words = Send this back with your changes:
    /edit { $code } { $words }
edit-too-long = That is too long for { $network } by { $over }: { $length } of { $limit }. Nothing was changed.
edited-there = ✓ { $code } is changed on { $network }.
deleted-there = ✓ { $code } is deleted on { $network }.
editing = { $code } is being changed; its receipt tells if a network refuses.
stands-elsewhere = You wrote { $code } on { $network } with another app. There it stays as it is; change or delete it there, and its copies follow. { $url }
edited-command = An edited command is not run. Please send it anew.
edit-refused = The edit of { $code } was not passed on: it is empty, or looks like a command or a secret.
deleted = { $code } is deleted.
deleting = { $code } is being taken back; its receipt tells how it went.
deleted-already = { $code } is deleted already.
nothing-to-undo = There is nothing to take back.
undoing-copies = The copies of { $code } are being taken back; its receipt tells how it went.
undoing-copies-of-thread = The copies of { $code } and of what you wrote below it ({ $number }) are being taken back, the last first; the receipts tell how it went.
undone-in-time = Taken back before it left.
took-back = ✓ took back { $what }
took-off = ✓ no more { $what }
failed = ✗ { $network }: { $reason }

followed = ✓ you follow { $who } on { $network }; the posts arrive here.
follow-pending = ✓ { $who } on { $network } must let you follow; then the posts arrive here.
unfollowed = ✓ you no longer follow { $who } on { $network }.
requests-head = They want to follow you on { $network } (/approve @name, /reject @name):
requests-none = Nobody waits to follow you.
approved = ✓ { $who } follows you now.
rejected = ✓ { $who } does not follow you.
locked = ✓ follows of you on { $network } wait for your word (/requests).
unlocked = ✓ anybody may follow you on { $network }.
reported = ✓ { $code } was reported to those who moderate { $network }.
whois-head = { $who } on { $network }
whois-numbers = { $posts ->
    [one] { $posts } post
   *[other] { $posts } posts
} · { $followers ->
    [one] { $followers } follower
   *[other] { $followers } followers
} · follows { $following }
whois-locked = Follows wait for approval.
search-head = “{ $words }” on { $network }:
search-none = Nothing on { $network } with “{ $words }”.
usage-search = /search WORDS
list-head = Your lists on { $network } (/list NAME):
list-none = You have no lists on { $network }.
list-no-such = There is no list “{ $title }” on { $network }.
list-on = What the people of “{ $title }” post on { $network } arrives here from now on.
list-off = “{ $title }” no longer arrives here.
list-none-here = No list “{ $title }” arrives here.
thread-head = The conversation around { $code } ({ $number }):

home-on = Everything that you follow on { $network } arrives here from now on. /home off stops it.
home-off = Your home timeline on { $network } no longer arrives here.
mentions-on = Mentions on { $network } arrive here.
mentions-off = Mentions on { $network } no longer arrive here.
tag-on = Posts on { $network } with #{ $tag } arrive here from now on.
tag-off = Posts with #{ $tag } no longer arrive here.
mirror-on = Public posts of { $what } on { $network } arrive here from now on. /routes in a direct chat with me stops it.
delivery-on = { $count ->
    [0] I deliver here again. Nothing was missed.
    [one] I deliver here again; one item was kept and comes now.
   *[other] I deliver here again; { $count } items were kept and come now.
}
delivery-on-some = I deliver here again; { $count } items were kept. The first { $shown } come now, the others when you want them.
delivery-off = I deliver nothing here until /on; it is kept.

timeline-gone = “{ $title }” is not there any more; I stopped reading it.
parked = A delivery to { $network } ({ $name }) failed too often and was put aside; it is not lost: “{ $excerpt }”. Retry sends it again, Drop gives it up.

admin-invite = An invitation for one person, for { $days ->
    [one] one day
   *[other] { $days } days
}: { $code }
admin-role-set = User { $number }: { $role }
admin-paused = Paused: nothing leaves for anybody until /admin resume, but answers to operators. It is kept.
admin-resumed = Goes on. What waited up to an hour leaves now; about what is older its writers are asked.
admin-no-network = No network here is yours to moderate.
reports-head = Reports on { $network } (/admin remove ID, /admin suspend @name):
reports-none = No reports on { $network }.
removed = ✓ { $id } is removed from { $network }.
suspended = ✓ { $who } is suspended on { $network }.
unsuspended = ✓ { $who } is no longer suspended on { $network }.

# More comes than a chat can carry.

digest-minutes = { $number } posts in { $time } min: more than I can show one by one here. They are kept.
digest-hours = { $number } posts in { $time } h: more than I can show one by one here. They are kept.
digest-hint = /digest shows them.
digest-more = { $number ->
    [one] One more post is kept.
   *[other] { $number } more posts are kept.
}
digest-empty = Nothing is kept here.
digest-all = { $number ->
    [0] Nothing is kept here.
    [one] One post comes now.
   *[other] { $number } posts come now, one after another.
}
help-redo = do again what /undo took back; /redo ID a post
help-retry = /retry ID: try again what failed
help-history = /history ID: every version of a post, and what happened where
nothing-to-redo = There is nothing to do again here: only what you took back yourself with /undo, for a day.
redoing = { $code } is posted again; its receipt tells how it goes.
redone-memo = ✓ the memo { $code } is back.
nothing-to-retry = Nothing about { $code } failed that trying again could mend.
retrying = { $code } is tried again; its receipt tells how it goes.
retry-looking = { $code } may be there already: I look first, and send it again only if it is not.
replacing = { $code } is deleted and posted anew; its receipt tells how it goes.
replace-left = { $code } stays as it is there.
history-head = History of { $code }:
history-wiped = (no longer kept)
history-event = { $time } { $network }: { $what }
history-tried = (tried { $times } times)
history-because = ({ $reason })
history-posted = posted
history-edited = edited
history-deleted = deleted
history-taken-back = taken back
history-edit = edit, { $state }
history-delete = deletion, { $state }
history-queued = queued
history-sending = being sent
history-unconfirmed = no clear answer yet
history-failed = failed
history-parked = put aside
history-cancelled = not sent
usage-queue = /admin queue, /admin queue retry NUMBER or all, /admin queue drop NUMBER
queue-oldest = oldest: { $time }
queue-held = held: { $lane } ({ $why })
queue-line = { $number }  { $action } → { $place }: { $state } since { $since }, attempts: { $attempts }. { $reason }
queue-how = /admin queue retry NUMBER or all, /admin queue drop NUMBER
queue-no-such = Nothing stands still under { $number }.
queue-retried-number = { $number } is tried again.
queue-dropped-number = { $number } is given up.
queue-looking = { $number } may be out: it is looked for first.
queue-asked = { $number } may be out: whose it is was asked whether it is there.
queue-retried = It is tried again.
queue-dropped = It is given up; nothing is sent.
queue-settled = That was settled meanwhile.

# Signing a browser in
help-signin = /signin [NAME]: an address that signs your browser in on a network's own pages
usage-signin = /signin and one of: { $names }
signin-address = Open this in your browser to sign in on { $network }. It works once, for ten minutes, and is for you alone: whoever opens it acts as you.
