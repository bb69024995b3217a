# One person on several chat networks.

help-connect = /connect NETWORK ID: be the same person there and here; /connect alone tells your id
help-disconnect = /disconnect NETWORK ID: that chat is no longer yours here; /disconnect here: this one

connect-you = You are { $you } here. To be the same person on another chat network:
    1. Write /connect to me over there; I tell you your id there.
    2. Write /connect NETWORK ID here, with that id. I give you a code.
    3. Write the code over there. Then both sides are asked.
    From over there it goes by: /connect { $network } { $id }
usage-connect = /connect NETWORK ID, for example with the id that I tell you when you write /connect to me over there. Networks: { $networks }
connect-not-an-id = “{ $id }” is no id on { $network }: names can change hands. Write /connect to me over there, and I tell you your id.
connect-already = { $who } is connected with you already.
connect-code = Now write this to me as { $who }, in a direct chat on { $network }:
    /connect { $code }
    It works once, for ten minutes, and for { $who } alone: to the letter, capitals too.
connect-wrong = There is no such code. Codes work once, and for ten minutes. The other side makes one: /connect { $network } { $id }
connect-foreign = That code was made for somebody else. You are { $id } here; if it should be for you, write there: /connect { $network } { $id }
connect-expired = That code is too old. Write /connect NETWORK ID once more on the other side.
connect-used = That code was used already. If nothing came of it, write /connect NETWORK ID once more on the other side.
connect-too-many = Too many codes that did not fit. Please try again tomorrow.
connect-one-already = Both are the same person here already.
connect-both-own = Both sides have something of their own here: accounts, posts, memos or what they follow. I never mix two people's things. On the side that should give way: /export keeps a copy, /forget removes what is there; then connect again.
connect-not-listed = This bot is for those alone whom its operator lists. Ask the operator to list { $network }:{ $id }, then try again.
connect-join-ask = { $other } says that you, { $you }, are the same person. If you agree, what is written in this chat acts for that person, and they see what you do here. Agree only if { $other } is you.
connect-confirm-ask = { $other } used your code. Are you, { $you }, the same person? Whoever writes there then acts for you, with all of your accounts.
connect-operator = One of you is an operator of this bot: both chats are the operator's then.
connect-agreed = Good. Now { $other } is asked; I tell you how it ends.
connect-refused = Nothing was connected.
connect-refused-there = { $other } does not want to be connected. Nothing was connected.
connected = { $came } is connected with you ({ $before }) now: what is written there acts for you. If that was not you, /disconnect NETWORK ID ends it at once.
connected-here = This chat ({ $came }) is connected with { $before } now: one person, the same accounts. Plain posts from here go where they go from there. /disconnect here ends it.
usage-disconnect = Which chat shall no longer be yours?
disconnect-the-only = This is your only chat here; there is nothing to disconnect.
disconnect-older = { $who } was here before this chat, so this chat cannot turn it out. Write /disconnect over there.
disconnected-already = That is not connected any more.
disconnected = { $who } is no longer connected with you ({ $by } did that). What came into that chat comes there no more; /routes shows what is left.
disconnected-here = This chat ({ $who }) is no longer connected ({ $by } did that). What is written here acts for nobody.

option-connect = Connect
option-connect-words = connect, yes, y, agree, i agree
option-disconnect = Disconnect
option-disconnect-words = disconnect
expired-connect-join = No answer for ten minutes: nothing was connected.
expired-connect-confirm = No answer for ten minutes: nothing was connected.
cancelled-connect-join = Cancelled. Nothing was connected.
cancelled-connect-confirm = Cancelled. Nothing was connected.

# How it stands with accounts, and who may act for one.

help-devices = your chats and logins here, and how to end each; /devices here: I write to you in this chat
account-coming = ○ { $network } · being linked
account-linking = being linked: please answer the last question about it
account-trouble = its server has been failing since { $since }; I keep trying
account-unread = works for posting; reading fails at the moment, and I keep trying
account-scopes = allowed there: { $scopes }
account-last-post = last post: { $which }, { $time }
account-left = left at the network: about { $calls } of { $amount } calls in { $within }
account-none-left = the network lets nothing through before { $until }
account-ways = /relink { $name } proves it again, /unlink { $name } forgets it here
option-unlink-it = Unlink
option-revoke = End { $number }
devices-head = Chats that are you:
devices-this = { $who } (this chat), since { $since }
devices-chat = { $who }, since { $since }, last heard of { $seen }
devices-home = I write to you here
devices-logins = Logins that I hold for you:
devices-login = { $handle } on { $network }, linked { $since }
devices-foot = /devices revoke NUMBER ends one of them. /devices here: what I say on my own comes into this chat, otherwise into the one that you used last. /connect adds a chat.
devices-home-set = What I say on my own comes into this chat from now on.
devices-no-such = There is no number { $number } in that list. /devices shows it.
