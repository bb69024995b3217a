# 规则：/sync、/routes、/filter。
help-sync = /sync 甲 to 乙, 丙 [选项]：一处发的也发到别处：账号、这个聊天（here）、“频道”；/sync off 甲 [to 乙] 停止
help-routes = 什么送到哪里；/routes stop 序号 停止，/routes pause 序号 暂停，/routes on 序号 继续
help-filter = /filter 序号 只要 #画 上限 10/时：/routes 里的一条规则今后收什么；/filter 序号 查看
usage-sync = /sync 甲 to 乙, 丙 [选项]。两边都可以是你的账号（{ $names }）、here（这里），或者你管理的群和频道，标题写在引号里。
usage-routes = /routes、/routes stop 序号、/routes pause 序号 或 /routes on 序号
usage-filter = /filter 序号 选项，序号见 /routes；/filter 序号 全部 去掉所有选项。
sync-possible = 可用的选项如下，什么都没有改。
    转发 · 不要转发 · 不要回复 · 只要媒体
    只要 #话题 #话题 · 不含 #话题 · 只要 词，词 · 不含 “一些词”
    不列出 · 关注者
    前缀 “…” · 后缀 “…” · 语言 xx · 长文 链接 · 长文 串
    上限 10/时
sync-no-such-chat = “{ $title }”不是你的账号（{ $names }），也不是你管理、我也在里面的群或频道。在群里也可以直接说：/sync 名称 to here
sync-is-anothers = 另一位管理员的规则已经在转发{ $title }。
sync-there-already = { $source } → { $target } 已经有了。
sync-too-many = 这样规则就超过上限了。
sync-on-account = 从现在起，你在 { $source } 发的也会发到 { $target }。/sync off { $source } to { $target } 可以停止。
sync-on-direct = 从现在起，你在这个聊天发的也会发到 { $target }。用 /routes 查看和停止。
sync-on-channel = 从现在起，{ $source }里发的也会发到 { $target }。用 /routes 查看和停止。
sync-on-group = 从现在起，在这里用 /post 发布的（用借给本群的账号，或由你自己）也会发到 { $target }。用 /routes 停止。
sync-off = { $source } 不再同步到 { $target }。
no-rule-takes-it = 没有发布：这个聊天没有规则收这一条。/to { $names } 指定发到哪里，/routes 查看规则收什么。

rule-only = 只要 { $what }
rule-words = 只要含 { $what }
rule-without = 不含 { $what }
rule-media = 只要带文件的
rule-no-answers = 不要回复
rule-boosts = 连同转发
rule-no-boosts = 不要转发
rule-unlisted = 连同不公开列出的
rule-followers = 连同仅关注者可见的
rule-prefix = 开头加“{ $text }”
rule-suffix = 结尾加“{ $text }”
rule-language = 语言 { $text }
rule-long-link = 长文截短并附链接
rule-long-thread = 长文分成一串
rule-cap = 每小时最多 { $number } 条
rule-everything = 全部
rule-paused = 已暂停：/routes on { $number }
rule-paused-since = 从 { $time } 起暂停：/routes on { $number }

routes-head = 什么送到哪里：
routes-foot = /routes stop 序号 停止一项，/routes pause 序号 暂停，/filter 序号 设定收什么。
routes-none = 现在什么都没有送往任何地方。
routes-no-such = 没有第 { $number } 项。
rules-stopped-already = 已经没有规则转发它了。
routes-stopped = 已停止：{ $route }
routes-paused = 已暂停：{ $route }。/routes on { $number } 从那时起继续；这期间的内容以后也不会发。
routes-paused-already = 它已经暂停了：{ $route }
routes-resumed = 从现在起继续：{ $route }
routes-on-already = 它没有暂停：{ $route }
filter-is = { $route }：{ $options }
route-here = 这个聊天
route-direct = 你在 { $network } 的私聊
route-channel = 频道“{ $title }”
route-group = 群“{ $title }”
route-account = { $network } { $handle }
route-anothers = 某人在 { $network } 的账号
route-line = { $source } → { $target }
route-read = { $what }（{ $network }）
route-read-own = { $handle }：{ $kind }（{ $network }）
timeline-own = 自己的帖子
timeline-home = 首页
timeline-mentions = 提及
timeline-list = 列表

capped = { $source } 还有 { $count } 条在等着发到 { $target }：这条规则每小时最多 { $cap } 条。
routes-left = { $route }：你那时已不是管理员，所以这条规则不能直接恢复。如果你又是管理员了，请用 /sync 重新建立。
channel-no-commands = 在{ $title }里我不接受命令：没有人能说是谁写的。请在这里对我说，标题写在引号里；这一条没有转发。
channel-forwarded = { $title }里转发了 { $who } 写的内容。那是别人的话，所以没有转发出去；以后再有也不会逐条提醒。想连同作者名字一起转发，请给规则加上“转发”选项：/routes 查看规则编号，/filter 编号 转发 会重新设定它的全部选项。
channel-late = { $title }里有一组图片，其中一张到得晚了：其他的已经在转发，所以它没有一起发出。想补上的话，请在那里回复第一张，把它再发一次。
channel-somebody = 某人
channel-left = 你不再管理{ $title }，所以你从那里转发的规则已暂停。用 /routes 查看。

button-where = 发到哪里…
where-add = + { $place }
where-take = − { $place }
where-back = 返回
where-taking = 正在从 { $place } 撤回 { $code }。
undo-nowhere = { $name } 上没有 { $code }。
