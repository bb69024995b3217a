# Joining
plaza-name-question = Which name would you like on Plaza? 2 to 24 of a–z, 0–9 and _.
plaza-name-shape = A name on Plaza has 2 to 24 of a–z, 0–9 and _, and at least one letter. Please choose another one.
plaza-name-reserved = The name { $name } is kept for the people who run Plaza. Please choose another one.
plaza-name-taken = The name { $name } is taken, or looks too much like one that is. Please choose another one.
plaza-join-closed = Plaza takes no new accounts at the moment. The people who run this bot can change that.

# What can go wrong
plaza-suspended = This account is suspended on Plaza. The people who run this bot can tell you why.
plaza-empty-post = There is nothing in that post.
plaza-too-long = That is { $length } characters long; Plaza takes { $limit }.
plaza-too-many-mentions = A post on Plaza can mention { $limit } people at most.
plaza-reply-wider = A reply cannot be seen by more people than the post it answers.
plaza-parent-gone = The post that you answered is not there any more.
plaza-post-gone = That post is not there (any more).
plaza-not-yours = Only the person who wrote a post can change it.
plaza-boost-narrow = That post was not meant for everybody, so it cannot be boosted.
plaza-nobody = There is nobody called { $name } on Plaza.
plaza-person-gone = That person is not on Plaza (any more).
plaza-follow-self = You cannot follow yourself, but you do see all of your posts.
plaza-no-request = { $name } has not asked to follow you.
plaza-no-pictures = Plaza takes no pictures here. The people who run this bot can change that.
plaza-too-many-pictures = A post on Plaza shows { $limit } pictures at most.
plaza-alt-too-long = A description on Plaza has { $limit } characters at most; this one has { $length }.
plaza-picture-gone = That picture is not there (any more). Please send it once more.
plaza-picture-used = That picture stands under a post already: delete it with its post.
plaza-pictures-full-yours = Your pictures on Plaza take up all of the { $most } MB that one person has there. Delete a post with pictures, and there is room again.
plaza-pictures-full = Plaza has no room for more pictures at the moment. The people who run this bot can give it more; the words by themselves can be posted.
plaza-posts-spent = That was the last of { $limit } posts for this hour. Plaza takes the next one when the hour is over.
plaza-follows-spent = You have followed { $limit } people today, and that is all that Plaza allows. Please go on tomorrow.
plaza-reports-spent = You have reported { $limit } posts today, and that is all that Plaza allows. Please go on tomorrow.

# The site
plaza-skip = Skip to the posts
plaza-tagline = A small place for short posts, written from wherever you chat.
plaza-join-how = There is no form to fill in here. Write to the bot in your chat:
plaza-join-command = /join yourname
plaza-join-bot = Open the bot
plaza-empty = Nothing here yet. The first post will appear by itself.
plaza-empty-person = { $name } has not posted anything for everybody yet.
plaza-empty-tag = Nobody has written about { $tag } yet.
plaza-older = Older posts
plaza-newest = Newest posts
plaza-pages = More posts
plaza-posts = { $count ->
    [one] { $count } post
   *[other] { $count } posts
}
plaza-followers = { $count ->
    [one] { $count } follower
   *[other] { $count } followers
}
plaza-following = follows { $count }
plaza-locked = approves followers
plaza-atom = Atom feed
plaza-json-feed = JSON feed
plaza-post-by = Post by { $name }
plaza-reply-to = in reply to { $name }
plaza-reply-gap = in reply to a post that is not here
plaza-warning = Content warning:
plaza-covered = Covered by whoever posted it. Show it
plaza-picture = Picture without a description
plaza-answers = { $count ->
    [one] { $count } reply
   *[other] { $count } replies
}
plaza-boosts = { $count ->
    [one] { $count } boost
   *[other] { $count } boosts
}
plaza-favourites = { $count ->
    [one] { $count } favourite
   *[other] { $count } favourites
}
plaza-edited = edited
plaza-unlisted = unlisted
plaza-missing = There is nothing here
plaza-missing-why = This post or person is gone, was never here, or is not for everybody.
plaza-to-front = To the newest posts
plaza-language = Language
plaza-colophon = No cookies, nothing that follows you around. Made with bridgebot.

# Apps, consent and signing in
plaza-scope-missing = This link lacks the right to do that. Link the account once more to give it.
plaza-signin-key = Only the chat that made the account can sign a browser in.
plaza-signins-spent = You asked for { $limit } addresses within an hour, and that is all that Plaza gives. Please wait a little.
plaza-not-done = That did not work
plaza-too-often = That was too often in a short time. Please try again later.
plaza-form-strange = This did not come from a page that Plaza showed you here, so nothing was done. Go back, load the page anew and try once more.
plaza-colophon-desk = One cookie keeps you signed in on these pages, and nothing follows you around. Made with bridgebot.
plaza-signin-title = Sign in as { $name }
plaza-signin-what = This browser can then let apps act for you, and stop them again. It stays signed in for 30 days.
plaza-signin-not-you = Is this not you? Then somebody else sent you this address: close the page.
plaza-signin-button = Sign in as { $name }
plaza-signin-over = This address was used already, or is older than ten minutes. Write /signin to the bot for another one.
plaza-signin-first = You are not signed in on this browser. There are no passwords here: write to the bot in your chat, and open the address that it sends you.
plaza-signin-then = Then come back to this page.
plaza-signin-done = I have signed in
plaza-signout = Sign out
plaza-apps-title = Apps that act for you
plaza-apps-who = You are { $name }.
plaza-apps-none = No app acts for you. Your chat with the bot does, which is not shown here.
plaza-app-since = since
plaza-app-used = last used
plaza-app-unused = not used yet
plaza-app-end = Stop it
plaza-browsers-title = Where you are signed in
plaza-browser-here = this browser
plaza-browser-unknown = A browser without a name
plaza-browser-end = Sign out there
plaza-consent-title = May { $app } act for you?
plaza-consent-who = You are { $name }. If you say yes, this app may:
plaza-consent-where = The app gave itself its name. After your answer your browser goes to { $where }.
plaza-consent-code = The app gave itself its name. After a yes you get a code to take to it.
plaza-consent-not-you = Did you not ask for this just now? Then say no. You can stop an app at any time:
plaza-consent-yes = Yes, allow
plaza-consent-no = No
plaza-code-title = Your code
plaza-code-what = Take this code to { $app }. It works once, for ten minutes.
plaza-code-warning = Give it only to the app or the chat that you began this with. Whoever has it can act for you.
plaza-app-unknown = The app that sent you here is not known to Plaza, or is not known any more. Begin anew in the app.
plaza-redirect-unknown = The app that sent you here wants the answer at an address that it never named. Nothing was sent there.
plaza-oauth-access-denied = You said no, and the app may do nothing.
plaza-oauth-invalid-request = The app asked in a way that is not understood here.
plaza-oauth-invalid-scope = The app asked for more than it said when it introduced itself.
plaza-oauth-unsupported-response-type = The app asked in a way that is not offered here.
plaza-scope-read = read all that you can read, also what is for you alone
plaza-scope-write = post, edit and delete, follow, mark and report as you
plaza-scope-profile = see who you are
plaza-scope-follow = follow people and let followers in as you
plaza-scope-push = send you notifications (Plaza has none to give)
plaza-scope-read-part = read: { $part ->
    [accounts] your account and other people’s
    [blocks] whom you block
    [bookmarks] your bookmarks
    [favourites] what you marked as favourite
    [filters] your filters
    [follows] whom you follow and who asks to follow you
    [lists] your lists
    [mutes] whom you mute
    [notifications] your notifications and mentions
    [search] what can be searched for
   *[statuses] posts, also those for you alone
}
plaza-scope-write-part = as you: { $part ->
    [accounts] change your account
    [blocks] block people
    [bookmarks] set bookmarks
    [conversations] put conversations away
    [favourites] mark favourites
    [filters] change filters
    [follows] follow people, and let followers in
    [lists] change lists
    [media] upload pictures
    [mutes] mute people
    [notifications] put notifications away
    [reports] report posts
   *[statuses] post, edit, delete and boost
}
plaza-code-refused = Plaza did not accept that. Begin anew with /link plaza.
plaza-want-bot = this must be an address that begins with https:, xmpp:, tg: or mailto:
