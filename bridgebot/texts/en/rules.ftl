# Rules: /sync, /routes, /filter.
help-sync = /sync FROM to TO, TO [options]: what is posted in one place goes to others too: accounts, this chat (here), “a channel”; /sync off FROM [to TO] stops it
help-routes = what goes where; /routes stop NUMBER, /routes pause NUMBER, /routes on NUMBER
help-filter = /filter NUMBER only #art cap 10/h: what a rule of /routes takes from now on; /filter NUMBER shows it
usage-sync = /sync FROM to TO, TO [options]. Both can be your accounts ({ $names }), here, or a group or channel that you administer, by its title in quotes.
usage-routes = /routes, /routes stop NUMBER, /routes pause NUMBER or /routes on NUMBER
usage-filter = /filter NUMBER OPTIONS with the number from /routes; /filter NUMBER everything takes all options away.
sync-possible = These options there are; nothing was changed.
    boosts · without boosts · without answers · only media
    only #tag #tag · without #tag · only word,word · without "some words"
    unlisted · followers
    prefix "…" · suffix "…" · language xx · long link · long thread
    cap 10/h
sync-no-such-chat = “{ $title }” is no account of yours ({ $names }), and no group or channel that you administer and that I am in. In a group you can also say it there: /sync NAME to here
sync-is-anothers = The rules of another administrator speak for { $title } already.
sync-there-already = { $source } → { $target } is there already.
sync-too-many = That is more rules than you may have.
sync-on-account = What you post on { $source } goes to { $target } too, from now on. /sync off { $source } to { $target } stops it.
sync-on-direct = What you post in this chat goes to { $target } too, from now on. /routes shows it, and stops it.
sync-on-channel = What is posted in { $source } goes to { $target } too, from now on. /routes shows it, and stops it.
sync-on-group = What is published here with /post, with an account that is lent to the group or by you yourself, goes to { $target } too, from now on. /routes stops it.
sync-off = { $source } is no longer copied to { $target }.
no-rule-takes-it = Nothing was posted: no rule of this chat takes it. /to { $names } says where it goes, /routes what the rules take.

rule-only = only { $what }
rule-words = only with { $what }
rule-without = without { $what }
rule-media = only with files
rule-no-answers = without answers
rule-boosts = boosts too
rule-no-boosts = without boosts
rule-unlisted = unlisted too
rule-followers = followers-only too
rule-prefix = “{ $text }” in front
rule-suffix = “{ $text }” behind
rule-language = in { $text }
rule-long-link = long ones cut with a link
rule-long-thread = long ones as a thread
rule-cap = at most { $number } an hour
rule-everything = everything
rule-paused = paused: /routes on { $number }
rule-paused-since = paused since { $time }: /routes on { $number }

routes-head = What goes where:
routes-foot = /routes stop NUMBER ends one, /routes pause NUMBER lets it rest, /filter NUMBER says what it takes.
routes-none = Nothing goes anywhere yet.
routes-no-such = There is no route { $number }.
rules-stopped-already = No rule carries that on any more.
routes-stopped = Ended: { $route }
routes-paused = Paused: { $route }. /routes on { $number } lets it go on from then; what comes meanwhile is not sent afterwards.
routes-paused-already = It rests already: { $route }
routes-resumed = Goes on from now: { $route }
routes-on-already = It does not rest: { $route }
filter-is = { $route }: { $options }
route-here = this chat
route-direct = your chat on { $network }
route-channel = channel “{ $title }”
route-group = group “{ $title }”
route-account = { $network } { $handle }
route-anothers = somebody’s account on { $network }
route-line = { $source } → { $target }
route-read = { $what } ({ $network })
route-read-own = { $handle }: { $kind } ({ $network })
timeline-own = own posts
timeline-home = home
timeline-mentions = mentions
timeline-list = list

capped = { $count ->
    [one] One more post from { $source } waits for { $target }: the rule carries { $cap } an hour.
   *[other] { $count } more posts from { $source } wait for { $target }: the rule carries { $cap } an hour.
}
routes-left = { $route }: You did not administer it any more, so this rule does not simply go on. If you do again, make it anew with /sync.
channel-no-commands = In { $title } I take no commands: nobody can say who writes them there. Say it to me here, with the title in quotes; nothing was carried on.
channel-forwarded = { $title } forwarded what { $who } wrote. It is somebody else’s, so it was not carried on, and I will not say this each time. To carry such posts too, with their writer’s name, give the rule the option boosts: /routes shows its number, and /filter NUMBER boosts sets its options, all of them anew.
channel-late = Part of an album in { $title } came when the rest was on its way already, so it was not carried on with it. To add it, post it there once more, as an answer to the first part.
channel-somebody = somebody
channel-left = You do not administer { $title } any more, so your rules from there are paused. /routes shows them.

button-where = Where…
where-add = + { $place }
where-take = − { $place }
where-back = Back
where-taking = { $code } is being taken back from { $place }.
undo-nowhere = { $code } does not stand on { $name }.
