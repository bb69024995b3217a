# Taking everything along, being forgotten, and what is kept.

help-export = everything of yours to take along, in one file
help-forget = be forgotten: every row, file and token of yours goes
help-privacy = what is kept of you, for how long, and who can read it

confirm-there = To be sure that it is you I asked in your chat on { $network }. Please answer there within ten minutes.

option-export = Give it to me
option-export-words = give it to me, give it, export, yes, y
export-ask = Everything of yours in one file: settings, accounts without their tokens, posts and memos with where they stand, follows and rules. Nothing of anybody else. You get an address that works once, for ten minutes. Is it you who asks?
export-ask-file = Everything of yours in one file: settings, accounts without their tokens, posts and memos with where they stand, follows and rules. Nothing of anybody else. This bot has no public address, so its operator hands you the file; it is encrypted, and only you get the words that open it. Is it you who asks?
export-ask-there = In your chat on { $network } somebody asks for a file with everything of yours. Is it you? If not, answer No, and see to who can read that chat.
export-open = There is one under way that you have not taken yet: its address or its words stand further up, or it ends by itself.
export-too-often = That is { $number } times within a day, which is the most. Please ask again tomorrow.
export-kept = Nothing was given out.
export-kept-there = In your chat on { $network } the answer was No: nothing was given out.
export-given-there = Done: you find it in your chat on { $network }.
export-address = Here is everything of yours. The address works once and for ten minutes, so open it where you want the file to be, and show it to nobody:
    { $url }
export-file = Your file is ready to be written. Ask the operator of this bot within { $days } days to run this and to give you what it writes:
    { $command }
    It opens with age (age-encryption.org) and these words, which only you have; keep them apart from the file:
    { $passphrase }
export-taken = Your file was fetched just now. If that was not you: somebody reads this chat.
expired-export = No answer for ten minutes: nothing was given out.
cancelled-export = Cancelled. Nothing was given out.

option-posts-stay = My posts there stay
option-posts-stay-words = my posts there stay, stay, keep, leave them
option-posts-go = Delete my posts there
option-posts-go-words = delete my posts there, delete my posts, delete them, delete
option-forget = Yes, forget me
option-forget-words = yes forget me, yes, y
forget-ask = Forget you? This goes, and nobody can bring it back: your posts ({ $posts }) and memos ({ $memos }) as they are kept here, your accounts ({ $accounts }) with their tokens (those made here are closed, with all that they wrote), follows and rules ({ $routes }), your settings, your chats with me, and everything that is noted about you. { $waiting ->
    [0] Nothing waits to be sent.
    [one] One thing still waits to be sent; it is stopped.
   *[other] { $waiting } things still wait to be sent; they are stopped.
    } What others wrote to you stays theirs. Take everything along first with /export.
    What about your posts on other networks? They can stay, or I delete what I put there before I forget where it is. I ask once more before anything goes.
forget-word = forget me
forget-word-keep = Your posts on other networks stay there. To be sure, write this: { $word }
forget-word-posts = What I put on other networks is deleted there first, for ten minutes at most; what is left then stays. To be sure, write this: { $word }
forget-other-word = That was another word: nothing was forgotten. /forget asks again.
forget-ask-there = In your chat on { $network } somebody asks that I forget you: everything of yours here goes for good. Is it you?
forget-ask-there-posts = In your chat on { $network } somebody asks that I delete your posts and forget you: everything of yours here goes for good. Is it you?
forget-kept = Nothing was forgotten.
forget-kept-there = In your chat on { $network } the answer was No: nothing was forgotten.
forget-begun = { $waiting ->
    [0] It begins. Nothing was waiting to be sent.
    [one] It begins. One thing was still waiting; it will not be sent.
   *[other] It begins. { $waiting } things were still waiting; they will not be sent.
} What you write from now on does nothing. I say when I come to the end.
forget-last = This is my last word to you. In a moment everything of yours is erased here. If you write to me again, I do not know you. Farewell!
forget-unheard = These did not answer when I gave their access back; please take it back there yourself: { $accounts }
expired-forget = No answer for ten minutes: nothing was forgotten.
expired-forget-word = No answer for ten minutes: nothing was forgotten.
expired-forget-sure = No answer for ten minutes: nothing was forgotten.
cancelled-forget = Cancelled. Nothing was forgotten.
cancelled-forget-word = Cancelled. Nothing was forgotten.
cancelled-forget-sure = Cancelled. Nothing was forgotten.

privacy = What this bot keeps of you:
    • who you are in your chats (the network's id and the name shown), your settings, your linked accounts, what you follow and your rules, until you change them or /forget
    • your posts and memos and where they stand, until /forget; what a post said before an edit, for 30 days
    • posts of other people that were shown to you: their words for 30 days, then only that they were shown
    • that a message of yours came, and a fingerprint of it by which the same text is noticed; of messages that became no post not the words
    • what you did with accounts, invitations and exports, as lines without words
    Tokens of your accounts are encrypted, and so are open questions. The rest is not encrypted on the bot's own disk: whoever runs the bot can read your posts, memos and whom you follow, and holds the key to the tokens. No password of another network is ever asked for.
    The operator may keep copies of the database: what you have deleted or had forgotten stays in those until they are thrown away.
    /export gives you everything, at any time. /forget erases everything. What stands on other networks is governed there.
privacy-title = What this bot keeps of you
export-page-title = Everything of yours
export-page = This is one file with everything that the bot keeps of you. It can be fetched once; afterwards, and ten minutes after you asked, this address is worth nothing.
export-page-button = Fetch the file
export-page-gone = This address was used, or is older than ten minutes. /export gives you another one.
role-leaving = being forgotten
