# People and feeds that anybody may read.

usage-follow = /follow @name, /follow @name@server or the address of somebody's page
usage-unfollow = /unfollow @name, or what /routes calls it
usage-get = /get @name: the last posts of somebody
usage-feed = /feed ADDRESS of a site or of its feed; /feed alone shows yours
help-get = /get @name: the last posts of somebody, without following
help-feed = /feed ADDRESS: what a site or blog publishes arrives here; /feed off NUMBER stops it; /feed shows which do
source-read = ✓ { $what } on { $network } arrives here from now on. No account is needed; /unfollow stops it.
source-stopped = ✓ { $what } no longer arrives here.
source-not-here = { $what } does not arrive here.
source-nowhere = There is nobody and nothing to read at { $what }.
source-no-network = None of the networks here reads such addresses.
source-which = Several things can be read there on { $network }. Which one?
source-kind-person = person
source-kind-feed = feed
source-kind-tag = tag
source-kind-list = list
option-source = { $number }
expired-source = You did not say which one; nothing was followed.
feed-no-network = No network here reads feeds.
feed-list-head = Feeds:
feed-list-foot = /feed ADDRESS follows one more; /feed off NUMBER ends one.
feed-list-none = No feeds yet. /feed and the address of a site follows one.
latest-head = The last posts of { $who } on { $network }:
latest-none = { $who } on { $network } shows no posts.
timeline-refused = “{ $title }” on { $network } cannot be read without an account now: { $reason } I look again once a day.
help-opml = /opml: your feeds for other readers; send such a list (OPML) here, or /opml and its address, and its feeds are followed
usage-opml = /opml gives your feeds as a list. To bring one, send its text, which begins with <opml, or /opml and its address.
opml-begun = { $number ->
    [one] One feed of that list is looked for.
   *[other] { $number } feeds of that list are looked for; I tell you when that is done.
}
opml-done = { $listed ->
    [one] { $read ->
        [0] The one feed of your list cannot be read.
       *[other] The one feed of your list arrives here.
    }
   *[other] { $read } of the { $listed } feeds of your list arrive here.
}
opml-failed = { $number ->
    [one] One could not be read: { $hosts }
   *[other] { $number } could not be read: { $hosts }
}
opml-left-out = { $number ->
    [one] One was left out: you follow as many things as this bot allows.
   *[other] { $number } were left out: you follow as many things as this bot allows.
}
opml-too-long = You have { $number } feeds: too many for a message. /export gives them in a file, as feeds.opml.
opml-unreadable = That is no list of feeds that I can read. It has to be whole, and declare nothing of its own.
opml-empty = There are no feeds in that list.
