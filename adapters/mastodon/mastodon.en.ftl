mastodon-server = Which server is your account on? Write its name, like example.social. Mastodon, GoToSocial, Pleroma, Akkoma and others like them will do.
mastodon-server-wrong = That is not the name of a server. Write only its name, like example.social, or your whole handle, like @you@example.social.
mastodon-server-number = A server is reached here only by its name, like example.social, not by a number.
mastodon-server-port = A server is reached here only at its usual port. Write its name without a colon and number, like example.social.
mastodon-server-unreachable = There is no server at { $server }, or it cannot be reached at the moment. Is the name right?
mastodon-server-down = { $server } is there, but gives no usable answer at the moment. Try again in a few minutes, or name another server.
mastodon-server-other = { $server } is no server of this kind. Name the server at which you log in with your browser.
mastodon-code =
    Open the address below, log in at { $server } and allow access. You are then shown a code: paste it here.
    Only paste a code that you asked for yourself just now. Whoever gives you a code, or wants one from you, wants to take an account over.
mastodon-code-wrong = { $server } does not accept this code: it may be incomplete, too old or used already. Each code serves once. Open the same address again to get a new one, and paste that.
mastodon-code-refused = { $server } does not accept what the browser came back with: it may be too old or used already. /link starts again.
mastodon-scope-read = reading what the account may read: timelines, posts, notifications, bookmarks, lists and whom it follows
mastodon-scope-write = acting in its name: writing, changing and deleting posts, pictures, favourites, boosts, bookmarks, follows, mutes and blocks
mastodon-needs-account = { $server } shows this only to people who have an account there: /link { $network } { $server }
mastodon-scopes = The access that was given does not cover this. Please link the account again with /relink; what waits is kept.
mastodon-nobody = { $handle } is not known there.
mastodon-not-yours = This post is somebody else's.
mastodon-edit-poll = This post cannot be edited: its poll is over or about to end, and the server would lose the votes.
mastodon-stream = The connection to { $server } ended. New posts still come, a little later.
mastodon-processing = The server is still working on a picture or film of this post.
mastodon-needs-picture = { $server } takes no posts without a picture. Send one along.
mastodon-no-quotes = Whoever wrote that post does not let it be quoted.
mastodon-no-poll = There is no poll in this post.
mastodon-poll-voted = You have voted in this poll already, or it is your own.
mastodon-poll-over = This poll is over.
mastodon-poll-choice = That cannot be chosen in this poll.
