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
