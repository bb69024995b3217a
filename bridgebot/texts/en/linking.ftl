# Linking over the bot's own pages: what the chat says.

link-open = Please open this address within ten minutes. It shows what { $network } will be asked for, and leads there. Give it to nobody: it is for you alone. /cancel ends linking.
link-code = { $network } agreed. The page that you came from shows six digits: please type them here. /cancel ends linking.
link-code-shape = I wait for the six digits on the page. What you wrote was posted nowhere. /cancel ends linking.
link-code-wrong =
    { $left ->
        [one] These are not the digits. One more try; /cancel ends linking.
       *[other] These are not the digits. { $left } more tries; /cancel ends linking.
    }
link-code-ended = These were not the digits, five times: linking was ended, and what was allowed is taken back. /link starts again.
link-code-resting = There were too many wrong codes. Linking rests for an hour.
link-confirm = { $handle } on { $network } becomes yours here?
link-refused = { $handle } was not linked, and what was allowed is taken back.
link-how-to-revoke = To take that back: /unlink { $name } here, or remove the bot from the apps in your settings on { $server }.
link-in-private = I wrote you in private.
cancelled-link-open = Linking was cancelled.
cancelled-link-code = Linking was cancelled, and what was allowed is taken back.
cancelled-link-confirm = Linking was cancelled, and what was allowed is taken back.
expired-link-open = Ten minutes are over: the address leads nowhere any more. /link starts again.
expired-link-code = No code for ten minutes: linking was ended, and what was allowed is taken back. /link starts again.
expired-link-confirm = No answer for ten minutes: linking was ended, and what was allowed is taken back. /link starts again.
option-cancel = Cancel
option-cancel-words = cancel, stop
option-yes = Yes
option-yes-words = yes, y, yes please

# What the pages say. Whoever reads them may not be who asked for them.

link-page-title = Link { $network }
link-page-bot = This is bridgebot at { $site }.
link-page-lead = Somebody asked it in a chat to link an account. If that was you, you can go on to { $network }.
link-page-owner = The account will belong to
link-page-network = Network
link-page-host = Server
link-page-scopes = There you are asked to allow
link-page-warning = Go on only if you are { $owner } and asked for this yourself a moment ago. Whoever that is may use the account afterwards.
link-page-go = Go on to { $host }
link-page-not-you = Not you? Close this page: then nothing happens.
link-page-wait-title = One moment
link-page-wait = { $network } is being asked whose account it is. This page looks again by itself.
link-page-code-title = Your code
link-page-code-lead = Type these six digits in your chat with the bot:
link-page-code-warning = Only { $owner } needs them, in the chat with the bot. Tell them to nobody who asks for them: with them somebody takes your account.
link-page-confirm-title = One last question
link-page-confirm = The code was right. The chat asks whether { $handle } becomes yours there: please answer it.
link-page-done-title = Linked
link-page-done = { $handle } on { $network } is linked. To take that back: /unlink { $name } in the chat with the bot, or remove the bot from the apps in your settings on { $server }.
link-page-over-title = Not linked
link-page-unknown = This address leads nowhere, or its time is over. Ask the bot for a new one with /link.
link-page-late = Its ten minutes are over. Nothing was linked; ask the bot for a new address with /link.
link-page-elsewhere = This was opened in another browser first, and goes on there. If that was not you, write /cancel to the bot.
link-page-browser = This page belongs to another browser. Nothing was changed here. If somebody sent you here, close this page.
link-page-forged = This did not come from the bot's own page, so nothing was done. Please open the address in your chat again; it needs one cookie of this site.
link-page-state = The answer does not belong to this request. Nothing was changed.
link-page-issuer = The answer did not come from the server that was asked. Nothing was changed.
link-page-no-code = The answer carries no code. Nothing was changed.
link-page-denied = You did not allow it there, so nothing was linked.
link-page-network-error = The server did not allow it ({ $error }). Nothing was linked.
link-page-tries = There were too many wrong codes. Nothing was linked, and what was allowed is taken back.
link-page-refused = The chat said no. Nothing was linked, and what was allowed is taken back.
link-page-stopped = Linking was ended in the chat. Nothing was linked; whatever was allowed is taken back.
link-page-anew = The chat began anew. This attempt is over; whatever was allowed is taken back.
