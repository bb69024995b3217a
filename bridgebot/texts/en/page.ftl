# The reading page: each user's own, signed in from the chat.

help-read = your own page in a browser, with everything that you follow on every network; /read off signs every browser out
read-address = Your reading page: { $url } It signs one browser in, within { $minutes } minutes, and is for you alone: whoever opens it reads and writes as you. /read off ends it.
read-nowhere = There is no reading page here, because this bot has no public address. Its operator can give it one: the option web.public_url (docs/operating.md, “The reading page”).
read-off = { $number ->
    [0] No browser was signed in to your reading page.
    [one] One browser was signed in to your reading page; now none is.
   *[other] { $number } browsers were signed in to your reading page; now none is.
}
read-signed-in = A browser was signed in to your reading page. Was that not you? /read off signs every browser out.
devices-pages = Browsers in which your reading page is open:
devices-page = signed in from { $network } at { $since }, until { $until }
devices-page-ended = That browser is signed out of your reading page.

page-title = Reading
page-skip = Skip to the posts
page-enter-title = Your reading page
page-enter = This browser will read everything that this person follows on every network, and answer, like and boost through their accounts:
page-enter-warning = Not you? Close this page. Is this somebody else's computer? Sign out when you are done.
page-enter-go = Sign in for 30 days
page-over = This address has been used, or its ten minutes are over. Write /read to the bot in your chat for a new one.
page-out = You are not signed in. Write /read to the bot in your chat: it sends you an address that opens this page.
page-forged = This did not come from a page that was shown in this browser. Go back, load the page again, and try once more.
page-no-post = There is no such post here.
page-no-chat = None of your chats with the bot is open, so there is nowhere to tell you how it went. Write to the bot first.
page-nothing-to-say = Nothing was written, so nothing was sent.
page-sign-out = Sign out
page-back = All posts
page-parts = Parts of the list
page-tab-all = All
page-tab-new = New
page-tab-mentions = Mentions
page-tab-feeds = Feeds
page-tab-own = Mine
page-is-new = ● new
page-new-some = { $number ->
    [one] One new post
   *[other] { $number } new posts
}
page-new-more = More than { $number } new posts
page-read-all = ✓ All read
page-read-to-here = ✓ Read to here
page-read-these = ✓ These are read
page-read-go-on = ✓ These are read, go on
page-newer = Go on, mark nothing
page-oldest-new = Back to the first new post
page-nothing-new = Nothing new. You have read everything.
page-only-new = only what is new
page-label-by = Written by (the whole name, with @)
page-filters = Filters and search
page-all-networks = every network
page-all-kinds = everything
page-kind-posts = posts
page-kind-mentions = mentions and private messages
page-kind-feeds = feeds
page-kind-own = my own posts
page-all-sources = everyone and everything
page-source-own = own posts of { $who } ({ $network })
page-source-home = home of { $who } ({ $network })
page-source-mentions = mentions of { $who } ({ $network })
page-source-person = { $who } ({ $network })
page-source-tag = { $who } ({ $network })
page-source-list = list { $who } ({ $network })
page-source-feed = { $who }
page-label-network = Network
page-label-kind = What
page-label-source = From
page-label-words = Search in the words
page-show = Show
page-empty = Nothing here yet. What you follow in your chat stands here too: /follow, /home, /feed.
page-nothing-found = Nothing was found.
page-nothing-in-stretch = In this stretch nothing of what came was for you.
page-older = Older posts
page-search-further = Search further back
page-newest = Newest posts
page-pictures-show = Show pictures
page-pictures-hide = Show no pictures
page-pictures-why = Pictures come straight from the servers of those who posted them, which then see this browser's address.
page-you = you
page-boosted = ↻ { $who } boosted
page-answers = ↩ { $who }: { $text }
page-answers-hidden = ↩ an answer to a post that is not kept here
page-shows = ↪ { $who }: { $text }
page-edited = edited
page-gone-text = The text is no longer kept here.
page-gone-text-link = The text is no longer kept here; it may still stand where it was written.
page-media-image = ▣ Picture
page-media-video = ▶ Film
page-media-audio = ♪ Sound
page-media-file = ▤ File
page-media-alt = { $kind }: { $alt }
page-media-no-alt = { $kind } (not described)
page-votes = { $choice }: { $votes ->
    [one] one vote
   *[other] { $votes } votes
}
page-at = { $network } ↗
page-post-of = Post by { $who }
page-thread-above = Before it
page-thread-below = Answers
page-favourite = ☆ Like
page-favourite-on = ★ Liked
page-boost = ↻ Boost
page-boost-on = ↻ Boosted
page-bookmark = ⚐ Bookmark
page-bookmark-on = ⚑ Bookmarked
page-reply = ↩ Answer
page-marks-of = What to do with the post by { $who }
page-reply-title = Answer
page-reply-as = You answer as { $accounts }. Who can read it: { $audience }.
page-reply-warning = The content warning goes with it: { $warning }
page-reply-nobody = None of your accounts can answer this post.
page-reply-text = Your answer
page-reply-send = Send
page-done-chat = The bot has your word. It answers in your chat.
page-done-waiting = It is on its way. How it ends is told in your chat.
page-done-sent = Done. Your chat has the receipt.
page-done-failed = That did not work. Your chat says why.
