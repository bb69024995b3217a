# Questions and what can be answered to them.

options-hint = (answer: { $options })
option-post = Post
option-post-words = post, yes, y, send, ok
option-no = No
option-no-words = no, n, cancel, don't
option-command = Command
option-command-words = command, cmd
option-ask = Ask each time
option-ask-words = ask, ask each time
option-post-anyway = Post it anyway
option-post-anyway-words = post it anyway, post it, post anyway
option-unlink = Forget it
option-unlink-words = forget it, forget, yes, y, unlink
option-undo = Take it back
option-undo-words = take it back, undo, yes, y
option-there = It is there
option-there-words = it is there, there
option-again = Send again
option-again-words = send again, again

plain-mode-ask = What should plain text be? “Post”: I post it. “Ask each time”: I ask first. “Command”: only /post publishes. Nothing was posted yet.
confirm-post = { $reason }
    To { $networks } ({ $audience }):
    { $text }
confirm-first = Shall I post this?
confirm-ask = Shall I post this?
confirm-command = Only /post publishes, as you chose. Post this one?
confirm-greeting = Is that for me, or a post?
confirm-late = This reached me late, more than ten minutes after you wrote it. Post it still?
confirm-repeated = You wrote the same a moment ago. Post it again?
confirm-reply = You answered something that is no post. Post this as a new one?
near-command = Did you mean /{ $name }? Nothing was posted.
words-command = Is that the command /{ $name }, or a post? Nothing was posted yet.
reply-ask = What do you answer to { $code }? Write it here; /cancel if nothing.

button-reply = ↩ Reply
button-favourite = ⭐
button-boost = 🔁
button-undo = Undo
button-undo-copies = Undo copies
button-stop = Stop this rule

unfit-media = I can only carry text so far. Nothing was posted: not the picture or file, and not the words that came with it. Please send the text by itself.
unfit-forwarded = This is a forwarded message, perhaps somebody else's words. Nothing was posted. If you mean to post it, copy the text and send it as your own message.
not-posted = Nothing was posted.
question-over = That question is too old to be answered. Nothing was done.
question-answered = That was answered already.
unconfirmed-ask = { $network } never answered whether it took this post: “{ $excerpt }”. Please look. Is it there, or shall I send it again?
undo-ask = That was a while ago. Take back { $what }?
undo-kept = Nothing was taken back.
done-off = no { $what }
done-follow = following { $who }
done-unfollow = unfollowing { $who }

expired-confirm = No answer for ten minutes: that text was not posted.
expired-plain-mode = No answer for ten minutes: that text was not posted.
expired-near = No answer for ten minutes: that text was not posted.
expired-words = No answer for ten minutes: nothing was done with that text.
expired-unlink = No answer for ten minutes: the account stays.
expired-undo = No answer for ten minutes: nothing was taken back.
expired-reply = No answer for ten minutes: nothing was posted.
expired-link = No answer for ten minutes: linking was ended. /link or /join starts again.
expired-unconfirmed = Nobody told me whether that post is there; it stays unconfirmed.

secret-refused = That looks like { $kind }: it was not posted and is not kept. If it is real, revoke it now, and delete the message here.
secret-token = an access token
secret-app-password = an app password
secret-jwt = a signed token (JWT)
secret-private-key = a private key
