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
option-relink = Re-link
option-relink-words = re-link, relink
option-send-all = Send all
option-send-all-words = send all, send them all, send them, send it all
option-choose = Choose
option-choose-words = choose, let me choose
option-drop = Drop
option-drop-words = drop, drop it, drop them
option-send = Send
option-send-words = send, send it
option-drop-rest = Drop the rest
option-drop-rest-words = drop the rest, drop rest
option-later = Later
option-later-words = later, stop
option-more = Five more
option-more-words = five more, more, next
option-all = All
option-all-words = all, show all
option-post-all = Post all
option-post-all-words = post all, post them all
option-post-rest = Post the rest
option-post-rest-words = post the rest, post rest

plain-mode-ask = What should plain text be? “Post”: I post it. “Ask each time”: I ask first. “Command”: only /post publishes. Nothing was posted yet.
confirm-post = { $reason }
    To { $networks } ({ $audience }):
    { $text }
confirm-first = Shall I post this?
confirm-ask = Shall I post this?
confirm-command = Only /post publishes, as you chose. Post this one?
confirm-greeting = Is that for me, or a post?
confirm-repeated = You wrote the same a moment ago. Post it again?
confirm-misnamed = No account of yours is called so (/accounts). Post this, with the name in it?
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
button-show = Show

unfit-media = I can carry words, pictures, films and sounds, but not this. Nothing was posted, not the words that came with it either. Please send those by themselves.
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
expired-late = Nobody answered for a day: what had reached me late was not posted. It still stands in this chat.
expired-late-one = Nobody answered for a day: the rest of what had reached me late was not posted. It still stands in this chat.
expired-held = Nobody answered for a day. What waits for your word stays kept: /held shows it.
expired-held-one = Nobody answered for a day. What waits for your word stays kept: /held shows it.
expired-held-items = Nobody answered for a day. What was missed here stays kept: /held shows it.
expired-unconfirmed = Nobody told me whether that post is there; it stays unconfirmed.

# What was written while the bot could not be reached.

late-ask = { $count ->
    [one] This reached me late, more than ten minutes after you wrote it. Nothing was posted yet; post it still?
   *[other] While I was away you wrote { $count } messages. Nothing was posted yet; post them still?
}
late-to = To { $place }:
late-place = { $networks } ({ $audience })
late-more = … and { $count } more
late-one = { $left ->
    [one] The last one. Post it?
   *[other] { $left } wait. Post this one?
}
late-done = That was all of them.
late-dropped = { $count ->
    [one] One message was not posted.
   *[other] { $count } messages were not posted.
}

# What waited for so long that it is not simply sent.

age-minutes = { $count ->
    [0] less than a minute
   *[other] { $count } min
}
age-hours = { $count } h
age-days = { $count ->
    [one] one day
   *[other] { $count } days
}
held-line = { $what } ({ $age })
held-post = { $code }: { $text }
held-edit = change of { $code }: { $text }
held-ask = { $count ->
    [one] One thing waited for { $account } and was not sent. Is it still meant?
   *[other] { $count } things waited for { $account } and were not sent. Are they still meant?
}
held-one = { $left ->
    [one] The last one for { $account }, { $age } old. Send it?
   *[other] { $left } wait for { $account }. This one is { $age } old. Send it?
}
held-sent = { $count ->
    [one] It is sent now.
   *[other] { $count } are sent now, in their order.
}
held-dropped = { $count ->
    [one] Dropped; it will not be sent.
   *[other] { $count } were dropped; they will not be sent.
}
held-later = { $count ->
    [one] One stays kept: /held asks about it again.
   *[other] { $count } stay kept: /held asks about them again.
}
held-done = That was all of it.
held-none = Nothing waits for your word.
held-expired = { $count ->
    [one] One waits until { $name } is proven again: /relink { $name }
   *[other] { $count } wait until { $name } is proven again: /relink { $name }
}
missed = { $count ->
    [one] One message could not be shown here for a while; it comes now.
   *[other] { $count } messages could not be shown here for a while; they come now.
}
missed-some = { $count } messages could not be shown here for a while. The first { $shown } come now, the others are kept.
items-ask = { $count } more are kept. Show some more, all of them, or drop them?

secret-refused = That looks like { $kind }: it was not posted and is not kept. If it is real, revoke it now, and delete the message here.
secret-token = an access token
secret-app-password = an app password
secret-jwt = a signed token (JWT)
secret-private-key = a private key

option-retry = Retry
option-retry-words = retry, try again
option-anew = Delete and post anew
option-anew-words = delete and post anew, anew
option-leave = Leave it
option-leave-words = leave it, leave, no
replace-ask = { $network } cannot change a post, and this one has been there for a while or somebody has reacted to it: “{ $excerpt }”. Delete it and post it anew (what people did with it is lost), or leave it as it is?
button-retry = Retry
expired-parked = Nobody told me what to do with what was put aside; it stays there: /retry sends it.
expired-replace = No answer: the post stays as it is there.
cancelled-parked = Left as it is; it stays put aside.
cancelled-replace = The post stays as it is there.
