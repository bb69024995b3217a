# 一个人在多个聊天网络上。

help-connect = /连接 网络 编号：让那边和这边算作同一个人；只发 /连接 会告诉你自己的编号
help-disconnect = /断开 网络 编号：那边的聊天不再属于你；/断开 这里：断开本聊天

connect-you = 你在这里是 { $you }。要让另一个聊天网络上的你也算作同一个人：
    1. 在那边给我发 /连接，我会告诉你那边的编号。
    2. 在这里发 /连接 网络 编号（填那个编号），我会给你一个验证码。
    3. 在那边把验证码发给我，然后两边都会被询问。
    反过来从那边开始则是：/connect { $network } { $id }
usage-connect = 用法：/连接 网络 编号。编号可以在那边给我发 /连接 查到。网络有：{ $networks }
connect-not-an-id = “{ $id }”不是 { $network } 上的编号：名字是会换人的。请在那边给我发 /连接，我会告诉你编号。
connect-already = { $who } 已经和你连接在一起了。
connect-code = 现在请以 { $who } 的身份，在 { $network } 的私聊里把这一行发给我：
    /connect { $code }
    它只能用一次，十分钟内有效，而且只对 { $who } 有效：一个字母都不能差，大小写也算。
connect-wrong = 没有这个验证码。验证码只能用一次，十分钟内有效。请在另一边重新生成：/connect { $network } { $id }
connect-foreign = 这个验证码是给别人的。你在这里的编号是 { $id }；如果本来是给你的，请在另一边发：/connect { $network } { $id }
connect-expired = 这个验证码已经过期。请在另一边重新发 /连接 网络 编号。
connect-used = 这个验证码已经用过了。如果没有连接成功，请在另一边重新发 /连接 网络 编号。
connect-too-many = 不对的验证码太多了，请明天再试。
connect-one-already = 两边本来就是同一个人。
connect-both-own = 两边在这里都有自己的东西：账号、帖子、备忘或关注。我绝不会把两个人的东西混在一起。请在要让出的那一边先用 /export 保存一份，再用 /forget 清空，然后重新连接。
connect-not-listed = 本机器人只对管理员列出的人开放。请让管理员把 { $network }:{ $id } 列入名单，然后再试。
connect-join-ask = { $other } 说你（{ $you }）和对方是同一个人。同意之后，在本聊天里写的内容就代表那个人，对方也看得到你在这里做的事。只有当 { $other } 就是你自己时才同意。
connect-confirm-ask = { $other } 用了你的验证码。你（{ $you }）和对方是同一个人吗？确认之后，在那边写字的人就能用你的所有账号代表你。
connect-operator = 你们之中有一方是本机器人的管理员：连接之后，两边的聊天都有管理员权限。
connect-agreed = 好的。现在去问 { $other }，有结果我会告诉你。
connect-refused = 没有连接。
connect-refused-there = { $other } 不想连接。没有连接。
connected = { $came } 现在和你（{ $before }）连接在一起了：在那边写的内容就代表你。如果不是你做的，请立即用 /断开 网络 编号 断开。
connected-here = 本聊天（{ $came }）现在和 { $before } 连接在一起了：同一个人，同样的账号。这里的普通帖子会发到和那边一样的地方。用 /断开 这里 可以断开。
usage-disconnect = 哪个聊天不再属于你？
disconnect-the-only = 这是你在这里唯一的聊天，没有可以断开的。
disconnect-older = { $who } 比本聊天来得早，所以不能从这里断开它。请在那边发 /断开。
disconnected-already = 那边已经不再连接了。
disconnected = { $who } 不再和你连接（由 { $by } 断开）。原来送到那个聊天的内容不再送去；/路线 可以看到还剩哪些。
disconnected-here = 本聊天（{ $who }）已断开连接（由 { $by } 断开）。在这里写的内容不再代表任何人。

option-connect = 连接
option-connect-words = 连接, 是, 同意, 好
option-disconnect = 断开
option-disconnect-words = 断开, 断开连接
expired-connect-join = 十分钟没有回答：没有连接。
expired-connect-confirm = 十分钟没有回答：没有连接。
cancelled-connect-join = 已取消，没有连接。
cancelled-connect-confirm = 已取消，没有连接。

# 账号的状况，以及谁可以代表你。

help-devices = 你的聊天和登录，以及怎样结束它们；/设备 这里：以后在本聊天里通知你
account-coming = ○ { $network } · 正在关联
account-linking = 正在关联：请回答最后那个问题
account-trouble = 对方服务器从 { $since } 起出错，我会继续尝试
account-unread = 可以发帖；目前读取失败，我会继续尝试
account-scopes = 已授权：{ $scopes }
account-last-post = 最近的帖子：{ $which }，{ $time }
account-left = 网络限额：{ $within }内 { $amount } 次，大约还剩 { $calls } 次
account-none-left = 在 { $until } 之前，网络不再接受任何请求
account-ways = /relink { $name } 重新验证，/unlink { $name } 解除关联
option-unlink-it = 解除关联
option-revoke = 结束 { $number }
devices-head = 代表你的聊天：
devices-this = { $who }（本聊天），始于 { $since }
devices-chat = { $who }，始于 { $since }，最近一次出现：{ $seen }
devices-home = 我在这里通知你
devices-logins = 我替你保管的登录：
devices-login = { $handle }（{ $network }），关联于 { $since }
devices-foot = /设备 撤销 编号 可以结束其中一个。/设备 这里：以后主动通知都发到本聊天，否则发到你最近用过的聊天。/连接 可以添加聊天。
devices-home-set = 从现在起，我的主动通知都发到本聊天。
devices-no-such = 列表里没有编号 { $number }。/设备 可以查看列表。
