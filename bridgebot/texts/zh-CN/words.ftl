# 帖子在每个网络上的样子。

loss-names = { $networks }：你提到的人在那里不会收到通知
loss-cut = { $networks }：那里只有开头，附有全文的链接
loss-poll-time = { $networks }：投票在那里开放的时间和你写的不一样

# --- 投票
poll-duration-there = { $network } 上的投票最短开放 { $least }，最长 { $most }。没有发布任何内容。
span-minutes = { $count } 分钟
span-hours = { $count } 小时
span-days = { $count } 天

# --- 预览
help-preview = /预览 文字：先看这条帖子在每个网络上的样子，什么都不会发出
usage-preview = /预览 文字，前面可以加 +名称 或 -名称。不写文字时显示正在等你回答的那条。没有发布任何内容。
preview-head = 还没有发布。发出后会是这样（{ $audience }）：
preview-length = { $length } / { $limit }
preview-bytes = { $length }，{ $octets } / { $limit } 字节
preview-thread = { $network }：分成 { $parts } 条
preview-skipped = ✗ { $network }：{ $reason }
preview-chat = { $network }：原样作为聊天里的一条
preview-files = 带 { $count } 个图片或文件
preview-quote = 显示被引用的帖子
preview-language = 语言：{ $language }
expired-preview = 十分钟没有回答：你预览的内容没有发布。
cancelled-preview = 已取消。没有发布。

# --- 名字
help-alias = /别名 @lin@example.social = @lin.bsky.social：两个是同一个人，帖子在每个网络上都会提到正确的人
usage-alias = /别名 @lin@example.social = @lin.bsky.social 表示两个是同一个人；/别名 @lin.bsky.social 关 取消；/别名 列出你说过的。只有你能看到。
alias-which = { $who } 在哪个网络？请把服务器也写上，例如 { $who }@example.social。
alias-on = ✓ { $one } 和 { $other } 是同一个人：你提到其中一个时，我会写成对方在那个网络上的名字。
alias-off = ✓ { $who } 不再和别的名字相同。
alias-unknown = 你没有说过 { $who } 是谁。
alias-none = 你还没有说过谁在别处叫什么：/别名 @lin@example.social = @lin.bsky.social
alias-head = 每行是同一个人：
alias-too-many = 最多保存 { $most } 个名字：/别名 名字 关 可以去掉一个。
