# Groups: accounts that are lent to them, drafts, and who may what.

help-here = what this group allows; /here replies on or off: whether native answers publish; /here pictures on or off
help-draft = /draft +NAME TEXT in a group: show a post before it leaves
help-drafts = the drafts that wait
help-grant = /grant NAME to admins, everyone or ids, in a group: lend it an account
help-grants = what is lent to this group; in a direct chat what you lend
help-revoke = /revoke NAME: an account is no longer lent

sender-unknown = I cannot tell who wrote that: somebody without a visible address, or in the name of a group. Nothing was done. Write under your own name.
group-only = /{ $name } is for groups: write it there.
group-outside = I cannot see that you are in this group. Nothing was done.
group-no-such-account = Nothing was posted: there is no account “{ $name }” here, neither yours nor lent to this group.
group-whose-account = Nothing was posted: you name an account of your own ({ $name }) together with one that is lent to this group, or both are called so. Name one of them alone.
group-several-owners = Nothing was posted: these accounts belong to different people. Name those of one of them at a time.
group-audience = Nothing was posted: everybody here would read what is meant for “{ $audience }”. From a group only public and unlisted posts leave.
group-not-changed = { $code } stays as it was let out: you may not change it.
no-targets-here = Nothing was posted: none of your accounts is a default target. /default in a direct chat with me sets them.
came-late = That reached me late, so I did nothing: say it again if you still mean it.

quota-lent = Nothing was posted: with the accounts of their owner as much was posted in 24 hours as one person may.
lent-posted = { $who } posted with your account { $names } in { $group }: { $code } “{ $text }”. /del { $code } takes it back, /revoke { $names } ends the loan.

history-written = Written by { $who }, in { $group }
history-let-out = Written by { $who }, let out by { $by }, in { $group }

usage-draft = /draft +NAME TEXT, with an account that is lent to this group: { $names }
draft-shown = Draft { $number } by { $who }, for { $names }, { $audience }:
draft-how = Whoever may post with it lets it out: /approve { $number } or /reject { $number }. After a day it lapses. A changed message is a new draft.
draft-too-many = { $most } drafts of yours wait here already. Nothing was added.
draft-none-such = No such draft waits here: it was decided, changed, or is too old. /drafts shows what waits.
draft-not-yours = Draft { $number } waits for somebody who may post with that account.
draft-not-lent = Draft { $number } cannot leave: the account is no longer lent to this group.
draft-approved = ✓ Draft { $number } was let out by { $who }.
draft-rejected = ✗ Draft { $number } was refused by { $who }. Nothing was posted.
drafts-none = No draft waits.
drafts-head = What waits to be let out:
drafts-line = { $number }. { $who }: │ { $text }

here-replies-on = Here native answers to mirrored posts publish, with the account of whoever writes them, and ⭐ 🔁 act with it. Administrators change that: /here replies off
here-replies-off = Here native answers and buttons publish nothing. Administrators change that: /here replies on
here-pictures = Pictures here: { $how }. Administrators change that: /here pictures on or off
usage-here = /here replies on or off, or /here pictures on or off

usage-grant = /grant NAME to admins, to everyone or to ids (as /grants in a direct chat with me shows them), with “as NAME” behind it for another name here
grant-none-such = There is no account “{ $name }”, neither yours nor lent to this group.
grant-to-admins = the administrators
grant-to-everyone = everybody in the group
grant-set = With { $name } may post: { $who }. Its owner allows: { $allowed }. Both count.
wrote-in-private = I wrote you in private.
lend-ask = Lend { $handle } on { $network } to the group { $group }? It would be called { $called } there, and these may post with it, in your name: { $who }. The group's administrators can allow fewer, never more. You are told of each post, and /revoke ends it at any time.
lend-kept = Nothing was lent.
lend-offered = The administrators of { $group } are asked now. Nothing is lent before one of them accepts.
lend-declined = The administrators of { $group } did not take the account.
lend-on = Your account { $name } is lent to { $group } now. /grants shows what you lend, /revoke { $name } ends it.
lend-ended = An administrator of { $group } ended the loan of your account { $name }.
loan-ask = { $who } offers this group the account { $handle } on { $network }, called { $called }. These might post with it: { $may }.
    An administrator accepts with /grant { $called } (or /grant { $called } to admins), or refuses with /revoke { $called }.
loan-declined = { $name } was not taken.
loan-name-taken = There is another account called { $name } here. Its owner can offer it with “as NAME”.
loan-on = { $name } ({ $handle }) is lent to this group. With /post +{ $name } TEXT may post: { $who }. Everybody else in the group makes drafts with it.
revoked = { $name } is no longer lent to this group.
revoked-there = Your account { $name } is no longer lent to { $group }.
revoke-none = /revoke NAME or its number in /grants.
revoke-nothing-lent = That account is not lent to any group. What was offered is withdrawn.
grants-none-here = No account is lent to this group. /grant NAME lends one of yours.
grants-head-here = Lent to this group:
grants-line = { $name }  { $handle } ({ $network }), by { $owner }: { $who }
grants-allowed = (of those whom its owner allows: { $who })
grants-none-own = You lend no account to any group.
grants-head-own = What you lend:
grants-line-own = { $number }. { $name } → { $group }, there { $called }: { $who }
grants-your-id = Your id here: { $id }

option-approve = Approve
option-approve-words = approve
option-reject = Reject
option-reject-words = reject
option-lend = Lend it
option-lend-words = lend it, lend, yes, y
option-accept = Accept
option-accept-words = accept
option-decline = Decline
option-decline-words = decline
expired-lend = No answer for ten minutes: the account is not lent.
expired-loan = Nobody accepted within a day: the account is not lent to this group.
expired-draft = Draft { $number } lapsed: nobody let it out within a day. Nothing was posted.
