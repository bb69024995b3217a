# Access and quotas

stranger-full = Hi! As many people came today as this bot lets in. Write to me again tomorrow.
help-invite = invite somebody, where the operator lets people do so
invite-operators-only = Only operators invite people here.
invite-enough = You can invite { $most ->
    [one] one person
   *[other] { $most } people
} in 30 days, and did. Those that nobody used yet can be taken back with /invite revoke NAME:
invite-revoked = Taken back: { $number ->
    [one] one invitation.
   *[other] { $number } invitations.
 }
invite-no-such = There is no open invitation of that name. /admin invites shows an operator all of them.
invite-line = { $name }  for: { $role } · by { $by } · until { $until }
invite-by = user { $number }
invite-by-shell = the command line
invites-none = No invitation is open.

quota-name-posts = posts in 24 hours
quota-name-follows = people, tags, lists and timelines that are followed here
quota-name-routes = mirrors and sync rules
quota-name-accounts = linked accounts
quota-name-links = attempts to link that are under way
quota-posts = Nothing was posted: you may post { $most ->
    [one] once
   *[other] { $most } times
 } in 24 hours here.
quota-posts-until = Nothing was posted: you have posted { $most ->
    [one] once
   *[other] { $most } times
 } in 24 hours, which is what this bot allows. The next one goes from { $time } on.
quota-follows = You follow { $most ->
    [one] one thing
   *[other] { $most } things
 } here, which is what this bot allows. /unfollow or /routes makes room.
quota-routes = You have { $most ->
    [one] one mirror or sync rule
   *[other] { $most } mirrors and sync rules
 }, which is what this bot allows. /routes stop NUMBER makes room.
quota-accounts = You have linked { $most ->
    [one] one account
   *[other] { $most } accounts
 }, which is what this bot allows. /unlink NAME makes room.
quota-links = This bot lets nobody link an account now.
quota-links-until = { $most ->
    [one] One attempt
   *[other] { $most } attempts
 } to link an account { $most ->
    [one] is
   *[other] are
 } under way, which is what this bot allows. /cancel ends one; the first is over at { $time }.

# What operators do

help-admin = for operators: who uses the bot, invitations, limits, what waits, announcements, figures; /admin help shows all of it
admin-unknown = There is no such word. Nothing was done; /admin help shows those there are.
admin-near = Did you mean /admin { $name }? Nothing was done.
admin-no-such-user = There is no user { $number } whom that could be done to. /admin users shows their numbers and addresses.
admin-help-head = What operators can do, in this chat only:
admin-help-users = /admin users [PAGE or WORD]  who uses the bot
admin-help-invite = /admin invite [NUMBER] [DAYS]  codes for new people; /admin invite revoke NAME or all takes them back
admin-help-invites = /admin invites  those that nobody used yet
admin-help-block = /admin block NUMBER or ADDRESS  somebody is not heard any more, under any address
admin-help-unblock = /admin unblock NUMBER
admin-help-promote = /admin promote NUMBER  an operator too
admin-help-demote = /admin demote NUMBER  no operator any more
admin-help-limits = /admin limits [NUMBER [NAME HOW_MANY]]  what everybody may have, or somebody
admin-help-adapters = /admin adapters  how it goes with each network
admin-help-queue = /admin queue [retry NUMBER, drop NUMBER]  what waits to leave
admin-help-announce = /admin announce TEXT  to everybody, after a question; /admin announce stop
admin-help-pause = /admin pause  nothing leaves, of anybody
admin-help-resume = /admin resume
admin-help-audit = /admin audit [NUMBER or WORD]  who did what
admin-help-stats = /admin stats [page]  figures
admin-help-reports = /admin reports  what people reported
admin-help-remove = /admin remove ID  a post, on a network of your own
admin-help-suspend = /admin suspend @name
admin-help-unsuspend = /admin unsuspend @name
admin-help-help = /admin help [WORD]
admin-seen = seen { $time }
admin-nobody = There is nobody like that.
admin-users-page = Page { $page } of { $pages }, { $number } users: /admin users PAGE
admin-listed = User { $number } is listed in the configuration: take them off the list, and the role ends.
usage-admin-invite = /admin invite, /admin invite NUMBER DAYS (up to { $most } at once, up to { $days } days), /admin invite revoke NAME or all
admin-invite-several = Invitations, each for one person, for { $days ->
    [one] one day
   *[other] { $days } days
}:
admin-invite-enough = { $open } of your invitations are open and { $most } may be. /admin invites shows them, /admin invite revoke NAME takes one back.
admin-invite-idle = Nobody needs an invitation now: what `access` says in the configuration decides. It counts once that says invite.
admin-invites-how = /admin invite revoke NAME takes one back, all takes back every one.
usage-admin-limits = /admin limits, /admin limits NUMBER, /admin limits NUMBER NAME HOW_MANY (0 to { $most }) or default. Names: { $names }
admin-limit = { $name }: { $most } ({ $what })
admin-limit-has = { $name }: { $has } of { $most } ({ $what })
admin-limit-own = { $name }: { $has } of { $most }, for this user alone ({ $what })
admin-limits-how = /admin limits NUMBER shows how many somebody has; /admin limits NUMBER NAME HOW_MANY sets it for them.
admin-adapter = { $name }: { $state } since { $since }
admin-adapters-none = Nothing is noted yet: look again in half a minute.
adapter-state-up = works
adapter-state-starting = connects
adapter-state-down = does not work
adapter-state-aside = set aside
admin-audit-none = The log has no such line.
usage-admin-announce = /admin announce TEXT, up to { $most } characters. Begin a line with zh: for what readers of Chinese get, with en: for readers of English.
announce-ask = This goes to { $number ->
    [one] one person
   *[other] { $number } people
 }, each in their direct chat:
announce-begun = It is being told to { $number ->
    [one] one person.
   *[other] { $number } people, a few at a time. /admin announce stop ends it.
 }
option-announce = Send
option-announce-words = send, send it, yes, y, ok
announce-kept = Nobody was told anything.
announce-stopped = Stopped. { $number } had it already or will in a moment.
announce-none = No announcement is under way.
announce-from = From the operator of this bot:
expired-announce = Nobody answered, so nothing was announced.
cancelled-announce = Nothing is announced.
codes-guessed = Many codes were tried that are wrong. They cannot be guessed, but somebody tries: /admin users and /admin block help.

# Figures

stats-users = Users: { $number }, operators: { $operators }, blocked: { $blocked }
stats-new = New: { $day } in 24 hours, { $week } in 7 days, { $month } in 30 days
stats-active = Wrote to the bot in the last 30 days: { $number } ({ $share })
stats-syncing = Sync between networks: { $number } ({ $share })
stats-target = { $network }: { $posts ->
    [one] one post
   *[other] { $posts } posts
} in 30 days, { $synced } of them by sync rules
stats-month = { $month }: { $posted } posted, { $synced } synced, { $shown } shown in chats
stats-no-page = This bot serves no pages.
stats-page = The figures as a page: { $url }
    The address works once, for { $minutes } minutes. Whoever has it gets in, so send it to nobody.
stats-title = Figures
stats-enter = Show the figures of this bot?
stats-enter-why = This address works once and for you alone. Nothing has happened yet.
stats-enter-button = Show them
stats-leave-button = Sign out
stats-over = This address was used already, or is older than ten minutes. /admin stats page gives another one.
stats-head-users = People
stats-head-targets = Where posts go
stats-head-months = By month
stats-row-all = users
stats-row-operators = operators
stats-row-blocked = blocked
stats-row-active-week = wrote in the last 7 days
stats-row-active-month = wrote in the last 30 days
stats-row-syncing = sync between networks
stats-row-new = new in 24 hours / 7 days / 30 days
stats-column-network = network
stats-column-accounts = linked accounts
stats-column-posts = posts in 30 days
stats-column-synced = synced
stats-column-month = month
stats-column-posted = posted
stats-column-shown = shown in chats
