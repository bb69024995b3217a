# 群：借给群的账号、草稿，以及谁可以做什么。

help-here = 本群允许什么；/here replies on 或 off：直接回复是否发布；/here pictures on 或 off：是否显示图片
help-draft = 在群里 /draft +名称 文字：先给大家看，再发出去
help-drafts = 等待决定的草稿
help-grant = 在群里 /grant 名称 to admins、everyone 或 id：把账号借给这个群
help-grants = 借给本群的账号；私聊中是你借出的账号
help-revoke = /revoke 名称：不再出借这个账号

sender-unknown = 我无法确认这是谁写的：看不到发送者的地址，或者是以群的名义发送的。什么都没有做。请用你自己的身份发送。
group-only = /{ $name } 是给群用的，请在群里发送。
group-outside = 我看不到你在这个群里。什么都没有做。
group-no-such-account = 没有发布：这里没有叫“{ $name }”的账号，既不是你的，也没有借给本群。
group-whose-account = 没有发布：你同时写了自己的账号（{ $name }）和借给本群的账号，或者两者同名。请只写其中一个。
group-several-owners = 没有发布：这些账号属于不同的人。请一次只写同一个人的账号。
group-audience = 没有发布：范围是“{ $audience }”，但群里所有人都会看到。在群里只能发公开或不列出的帖子。
group-not-changed = { $code } 保持批准时的样子：你不能修改它。
no-targets-here = 没有发布：你没有默认账号。请在与我的私聊中用 /default 设定。
came-late = 这条消息到得太晚，我什么都没有做；如果仍然需要，请再发一次。

quota-lent = 没有发布：用这位主人的账号在 24 小时内的发帖数已达到一个人的上限。
lent-posted = { $who } 在 { $group } 用你的账号 { $names } 发了帖：{ $code } “{ $text }”。/del { $code } 可以撤下，/revoke { $names } 可以收回账号。

history-written = 由 { $who } 在 { $group } 撰写
history-let-out = 由 { $who } 撰写，{ $by } 批准，在 { $group }

usage-draft = /draft +名称 文字，名称是借给本群的账号：{ $names }
draft-shown = 草稿 { $number }，作者 { $who }，用 { $names } 发布，{ $audience }：
draft-how = 有权用它发帖的人可以批准：/approve { $number }，或拒绝：/reject { $number }。一天后失效。修改原消息会成为新的草稿。
draft-too-many = 你在这里已有 { $most } 篇草稿在等待。没有新增。
draft-none-such = 这里没有这篇草稿在等待：已经决定、被修改或已过期。/drafts 查看等待中的草稿。
draft-not-yours = 草稿 { $number } 要由有权用那个账号发帖的人决定。
draft-not-lent = 草稿 { $number } 发不出去：那个账号已不再借给本群。
draft-approved = ✓ 草稿 { $number } 已由 { $who } 批准发出。
draft-rejected = ✗ 草稿 { $number } 已被 { $who } 拒绝。没有发布任何内容。
drafts-none = 没有等待中的草稿。
drafts-head = 等待批准的草稿：
drafts-line = { $number }. { $who }：│ { $text }

here-replies-on = 在这里，直接回复转来的帖子会用回复者自己的账号发布，⭐ 🔁 也用自己的账号。管理员可以更改：/here replies off
here-replies-off = 在这里，直接回复和按钮不会发布任何内容。管理员可以更改：/here replies on
here-pictures = 本群的图片：{ $how }。管理员可以更改：/here pictures on 或 off
usage-here = /here replies on 或 off，/here pictures on 或 off

usage-grant = /grant 名称 to admins、to everyone 或 to id（在与我的私聊中用 /grants 查看 id），后面可加“as 名称”另取一个名称
grant-none-such = 没有叫“{ $name }”的账号，既不是你的，也没有借给本群。
grant-to-admins = 管理员
grant-to-everyone = 群里所有人
grant-set = 可以用 { $name } 发帖的人：{ $who }。账号主人允许：{ $allowed }。两者都要满足。
wrote-in-private = 我已私聊你。
lend-ask = 要把 { $network } 上的 { $handle } 借给群 { $group } 吗？它在那里叫 { $called }，以下的人可以用它以你的名义发帖：{ $who }。群管理员只能减少、不能增加这些人。每次发帖都会告诉你，随时可以用 /revoke 收回。
lend-kept = 没有出借。
lend-offered = 正在询问 { $group } 的管理员。在他们接受之前不会出借。
lend-declined = { $group } 的管理员没有接受这个账号。
lend-on = 你的账号 { $name } 现在借给了 { $group }。/grants 查看你借出的账号，/revoke { $name } 收回。
lend-ended = { $group } 的管理员结束了对你的账号 { $name } 的使用。
loan-ask = { $who } 想把 { $network } 上的账号 { $handle } 借给本群，名称是 { $called }。可以用它发帖的人：{ $may }。
    管理员用 /grant { $called }（或 /grant { $called } to admins）接受，用 /revoke { $called } 拒绝。
loan-declined = 没有接受 { $name }。
loan-name-taken = 这里已有另一个叫 { $name } 的账号。主人可以用“as 名称”换个名称再借。
loan-on = { $name }（{ $handle }）已借给本群。可以用 /post +{ $name } 文字 发帖的人：{ $who }。群里其他人可以用它写草稿。
revoked = { $name } 不再借给本群。
revoked-there = 你的账号 { $name } 不再借给 { $group }。
revoke-none = /revoke 名称，或 /grants 里的序号。
revoke-nothing-lent = 这个账号没有借给任何群。还没被接受的出借已撤回。
grants-none-here = 没有账号借给本群。/grant 名称 可以借出你的账号。
grants-head-here = 借给本群的账号：
grants-line = { $name }  { $handle }（{ $network }），主人 { $owner }：{ $who }
grants-allowed = （且须是主人允许的：{ $who }）
grants-none-own = 你没有把账号借给任何群。
grants-head-own = 你借出的账号：
grants-line-own = { $number }. { $name } → { $group }，在那里叫 { $called }：{ $who }
grants-your-id = 你在这里的 id：{ $id }

option-approve = 批准
option-approve-words = 批准, 同意
option-reject = 拒绝
option-reject-words = 拒绝
option-lend = 借出
option-lend-words = 借出, 借, 是, 好
option-accept = 接受
option-accept-words = 接受
option-decline = 不接受
option-decline-words = 不接受
expired-lend = 十分钟没有回答：账号没有出借。
expired-loan = 一天内没有人接受：账号没有借给本群。
expired-draft = 草稿 { $number } 已失效：一天内没有人批准。没有发布任何内容。
