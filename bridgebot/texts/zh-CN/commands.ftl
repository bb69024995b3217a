# 各个命令的回答。

welcome = 你好！我把你的微博客带进这个聊天：你在这里写的会成为帖子，你关注的会送到这里。
    先要有一个账号：{ $ways ->
        [join] /join 名字 可以新建（{ $joinable }）。
        [link] /link 网络 可以绑定已有的账号（{ $linkable }）。
       *[both] /join 名字 可以新建（{ $joinable }），/link 网络 可以绑定已有的账号（{ $linkable }）。
    }
    更多请看 /help。
welcome-operator = 你是这个机器人的管理者：/help admin 说明你能做什么，/admin invite 可以邀请别人。
welcome-back = 你好！你是 { $accounts }。写点什么发过来，它就会成为帖子。更多请看 /help。
stranger = 你好！这个机器人需要邀请。如果你有邀请码，请直接发给我；没有的话，请联系它的管理者。
role-given = 欢迎，{ $role }。
role-already = 你已经在里面了。这个邀请码还可以给别人用。
role-user = 用户
role-operator = 管理者
role-blocked = 已封禁
message-failed = 处理这条消息时这里出了问题，没有发布任何内容。它已保存为第 { $number } 号，供管理者查看。
direct-only = /{ $name } 只能在与我的私聊中使用。
admins-only = 只有本群的管理员可以这样做。
operators-only = 只有机器人的管理者可以这样做。
group-how-to = 在群里我不会主动做任何事。/post 文字 会用你自己的账号发布；其他请看 /help。

help-head = 我能做的（其余见 /help all）：
help-foot = 7k2 这样的编号、网址和 @名字 都可以指一条帖子。中文命令也可以用：/帮助。
help-all = 全部命令（详情见 /help 命令）：{ $commands }
help-unknown = 没有“{ $name }”这个命令。全部命令：{ $commands }
help-aliases = 也可以写作：

help-start = 开始，或者使用一个邀请码
help-help = 我能做什么
help-tour = 可以试试的几件事
help-cancel = 离开正在问的问题
help-status = 正在进行什么，有什么需要你处理
help-settings = 纯文字怎么处理、图片、表情回应、语言、时区
help-language = /language en 或 zh-CN
help-timezone = /timezone Asia/Shanghai
help-pause = 立即停止一切外发内容，内容会保留
help-resume = 继续外发；被停下的会先问你
help-held = 等你决定之后才发出或显示的内容
help-join = /join 名字：在本机的网络上新建账号
help-link = /link 网络：绑定已有的账号
help-accounts = 你的账号；● 表示普通帖子发到那里
help-default = /default 名称…：这个聊天里的普通帖子发到哪里
help-unlink = /unlink 名称：在这里解除一个账号
help-relink = /relink 名称：重新验证一个账号
help-post = /post 文字；前面加 +名称 或 -名称 选择账号
help-to = /to 名称,名称 文字
help-cw = /cw 文字：给下一条帖子加内容警告
help-vis = /vis public、unlisted、followers 或 direct：谁能看下一条帖子
help-lang = /lang 代码（zh、en、ja 等）：下一条帖子的语言
help-memo = /memo 文字：只给自己留着，以后再分享
help-memos = /memos [词]：最近的备忘
help-share = /share 编号 [to 名称] [public]：发布备忘，或把帖子带到更多账号；加上 public（或“公开”），不列出的帖子在没有“不列出”的网络上会公开
help-reply = /re 编号 文字，或者直接回复那条消息
help-fav = /fav 编号
help-unfav = /unfav 编号
help-boost = /boost 编号
help-unboost = /unboost 编号
help-bookmark = /bookmark 编号：在那里收藏一条帖子，只有你能看到
help-unbookmark = /unbookmark 编号
help-edit = /edit 编号 文字，或者编辑你的消息；/edit 编号 会给出原文供你修改
help-del = /del 编号，或者删除你的消息
help-undo = 收回你在这里做的上一件事；/undo 编号 收回一条帖子，或规则转发的各份
help-url = /url 编号：帖子的所有网址
help-thread = /thread 编号：帖子所在的对话
help-whois = /whois @名字
help-follow = /follow @名字：帖子会送到这个聊天
help-unfollow = /unfollow @名字
help-requests = 谁想关注你
help-approve = /approve @名字：同意被关注；在群里 /approve 序号：批准草稿
help-reject = /reject @名字；在群里 /reject 序号：拒绝草稿
help-lock = /lock on 或 off：关注要经你同意
help-report = /report 编号 原因：向管理人员举报
help-home = /home [on 或 off] [名称]：你在那里关注的一切都送到这个聊天
help-mentions = /mentions [on 或 off] [名称]
help-tag = /tag 词 [off]：带这个话题的帖子送到这个聊天
help-list = /list：你在那里的列表；/list 名称 [off]：列表里的人发的送到这个聊天
help-search = /search 词：含有这些词的帖子
help-mirror = /mirror [名称] @名字、home、own 或 #话题：把公开帖子送进群
help-on = 恢复送到这里，包括留着的内容
help-off = 暂不送到这里，内容会留着
help-digest = 显示因为来得太多而留着的内容，每次几条；/digest all

tour = 试试这些：
    · 写点什么：它会成为帖子，回执里有 2k7 这样的编号
    · /re 3bd 你的回答    · /fav 3bd    · /boost 3bd
    · /follow @lin        · /whois @lin · /thread 3bd
    · /memo 牛奶、面包    · /memos      · /share 4mt
    · /vis followers      · /cw 剧透（都只管下一条帖子）
    · /undo 收回上一件事

no-accounts = 你在这里还没有账号。/join 名字 可以新建，/link 网络 可以绑定已有的。
no-accounts-to-post = 没有发布：你在这里还没有账号。/join 名字 可以新建，/link 网络 可以绑定已有的。
no-targets = 没有发布：这个聊天没有默认账号。用 /default { $names } 设定。
no-such-account = 没有这个名称的账号。你的账号：{ $names }
no-account-for-reply = 你的账号都不能回复这条帖子。没有发布任何内容。
no-account-for-post = 你的账号都够不到 { $code }。
no-such-post = 这个聊天里没有帖子“{ $which }”。请用编号（如 7k2）、网址，或者直接回复那条消息。
which-post = 哪一条帖子？请写编号（如 7k2）或网址，或者用这个命令直接回复那条消息。
not-yours = { $code } 不是你的帖子。
cannot-do = { $network } 做不到这件事。
cannot-do-anywhere = 你的账号都做不到这件事。
cannot-join = 这里没有可以新建账号的网络。/link 网络 可以绑定已有的账号。
joined-already = 你在 { $network } 上已经是 { $handle }；每个网络一个账号。

cancelled-reply = 已取消，没有发布。
cancelled-link = 绑定已取消。
cancelled-confirm = 已取消，没有发布。
cancelled-plain-mode = 已取消，没有发布。
cancelled-near = 已取消，没有发布。
cancelled-words = 已取消，没有发布。
cancelled-unlink = 已取消，账号保留。
cancelled-undo = 已取消，没有收回任何内容。
cancelled-late = 已取消，一条都没有发布。
cancelled-late-one = 已取消，其余的没有发布。
cancelled-held = 已取消，内容仍然留着：/held 可以再问一次。
cancelled-held-one = 已取消，其余的仍然留着：/held 可以再问一次。
cancelled-held-items = 已取消，内容仍然留着：/held 可以再问一次。
cancelled-unconfirmed = 已取消，那条帖子仍然未确认。
nothing-to-cancel = 现在没有正在问的问题。

status-head = { $waiting ->
    [0] 没有等待中的内容。
   *[other] 有 { $waiting } 项等待发送。
}
status-paused = 你暂停了一切外发内容：/resume 继续。
status-house-paused = 管理者暂停了一切外发内容，内容会留着。
status-held = 其中 { $count } 项等你决定：/held
account-active = 正常
account-expired = 已失效：请用 /relink
paused = 已暂停：在 /resume 之前，你的内容都不会发出。你发的帖子会留着。
resumed = { $waiting ->
    [0] 已继续。没有等待的内容。
   *[other] 已继续。有 { $waiting } 项在等待，发出之前会先问你。
}
resumed-already = 没有暂停任何内容。
settings = 纯文字：{ $plain }
    语言：{ $language }（/language）· 时区：{ $timezone }（/timezone）
    普通帖子发到：{ $targets }（/default）
    没有描述的图片：{ $alt }（/settings alt on 或 off）
    送到这个聊天的图片：{ $pictures }（/settings pictures on 或 off）
    你对我显示的帖子所做的表情回应：{ $reactions }（/settings reactions on 或 off）
    更改：/settings plain post、ask 或 command
plain-post = 纯文字会直接发布。用 /settings plain ask 更改。
plain-ask = 发布纯文字之前我会先问。用 /settings plain post 更改。
plain-command = 只有 /post 才发布。用 /settings plain post 更改。
plain-unset = 还没有选择
reactions-act = 现在，你对我显示的帖子所做的表情回应会起作用：{ $favourite } 点赞，{ $boost } 转发，{ $bookmark } 加书签。取消回应就会撤销。用 /settings reactions off 关闭。
reactions-idle = 你的表情回应不再起作用；已经做的保持不变。
reactions-untold = 不过，这个聊天网络不会把表情回应告诉我。
reactions-set-marks = { $favourite } 点赞，{ $boost } 转发，{ $bookmark } 加书签
reactions-do-nothing = 不起作用
language-set = 现在我们说中文。
usage-language = /language en 或 /language zh-CN
timezone-set = 你的时区是 { $timezone }。
usage-timezone = 现在是 { $now }。请给出像 Europe/Berlin 或 Asia/Shanghai 这样的名称：/timezone Asia/Shanghai

audience-public = 公开
audience-unlisted = 不列出
audience-followers = 仅关注者
audience-direct = 仅提到的人
vis-set = 下一条帖子：{ $audience }。
usage-vis = /vis public、unlisted、followers 或 direct
lang-set = 下一条帖子的语言：{ $language }。
usage-lang = /lang 加上语言，如 /lang zh 或 /lang en：随下一条帖子一起注明
cw-set = 下一条帖子折叠在这句话后面：{ $warning }
cw-off = 下一条帖子没有内容警告。

accounts-head = 你的账号：
accounts-foot = ● 普通帖子发到那里（用 /default 更改）
default-set = 这个聊天里的普通帖子发到：{ $names }
usage-default = 请写出你的账号名称：/default { $names }
usage-link = /link 加上其中之一：{ $networks }
usage-join = /join 加上你想要的名字，在 { $networks } 上
link-again = { $reason }请再试一次，或者 /cancel。
link-failed = 没有绑定 { $network }：{ $reason }
linked = { $network } 上的 { $handle } 在这里归你了，名称是 { $name }。普通帖子发到那里，提到它的会送到这里。
relinked = { $network } 上的 { $handle } 又可以用了。等待的内容现在发出。
relinked-some = { $network } 上的 { $handle } 又可以用了。等了不到一小时的内容现在发出。
linked-another = 这是 { $handle }。等着 { $other } 的内容只属于那个账号：/relink { $name }
relink-made-here = { $handle } 是在这里的 { $network } 上建立的，不需要验证。如果用不了，请联系这个机器人的管理者。
unlink-ask = 要在这里解除 { $network } 上的 { $handle } 吗？已发的帖子留在那里，等待发送的会丢弃。
unlink-ask-close = 要关闭 { $network } 上的 { $handle } 吗？这个账号是在这里建立的，别处无法打开：它的帖子会被删除，名字不再给任何人。
unlink-kept = 没有改动。
unlinked = { $network } 上的 { $handle } 已在这里解除。
account-expired-notice = { $network } 不再接受 { $name }。你的帖子在等待：/relink { $name } 之后就会发出。

to-usage = /to 名称 文字，你的账号名称：{ $names }
usage-memo = /memo 文字
usage-reply = /re 编号 文字
usage-edit = /edit 编号 文字
usage-whois = /whois @名字
usage-approve = /approve @名字 或 /reject @名字
usage-lock = /lock on 或 /lock off
usage-tag = /tag 词
usage-mirror = /mirror @名字、/mirror home、/mirror own 或 /mirror #话题；有多个账号时在前面写账号名称
share-usage = /share 编号：这个聊天里你自己的备忘或帖子。
share-there-already = { $code } 已经在那里了。
unsharing = 正在从 { $network } 收回 { $code }。
nothing-to-post = 里面没有可以发布的内容。

memos-head = { $number } 条备忘：
memos-none = 没有备忘。/memo 文字 可以留一条。
url-none = { $code } 没有网址。
edited = { $code } 已更改。
edit-words = 请修改后发回：
    /edit { $code } { $words }
edit-too-long = { $network } 最多 { $limit }，这段有 { $length }，超出 { $over }。什么都没有改。
edited-there = ✓ { $network } 上的 { $code } 已更改。
deleted-there = ✓ { $network } 上的 { $code } 已删除。
editing = 正在更改 { $code }；如果有网络拒绝，回执会说明。
stands-elsewhere = { $code } 是你用别的应用发在 { $network } 上的，那里的原帖保持不变；请到那里修改或删除，各处的副本会跟着变。{ $url }
edited-command = 编辑过的命令不会执行，请重新发送。
edit-refused = { $code } 的修改没有传出去：内容为空，或者看起来像命令或密钥。
deleted = { $code } 已删除。
deleting = 正在收回 { $code }，结果见回执。
deleted-already = { $code } 已经删除了。
nothing-to-undo = 没有可以收回的。
undoing-copies = 正在收回 { $code } 的各份，结果见回执。
undoing-copies-of-thread = 正在收回 { $code } 和你写在它下面的 { $number } 条的各份，从最后一条开始，结果见各自的回执。
undone-in-time = 在发出之前收回了。
took-back = ✓ 已收回 { $what }
took-off = ✓ 已取消 { $what }
failed = ✗ { $network }：{ $reason }

followed = ✓ 你在 { $network } 上关注了 { $who }，帖子会送到这里。
follow-pending = ✓ 要等 { $network } 上的 { $who } 同意，之后帖子会送到这里。
unfollowed = ✓ 你不再关注 { $network } 上的 { $who }。
requests-head = 他们想在 { $network } 上关注你（/approve @名字，/reject @名字）：
requests-none = 没有人在等你同意。
approved = ✓ { $who } 现在关注你了。
rejected = ✓ 没有让 { $who } 关注你。
locked = ✓ 在 { $network } 上关注你要经你同意（/requests）。
unlocked = ✓ 任何人都可以在 { $network } 上关注你。
reported = ✓ 已向 { $network } 的管理人员举报 { $code }。
whois-head = { $network } 上的 { $who }
whois-numbers = { $posts } 条帖子 · { $followers } 人关注 · 关注了 { $following } 人
whois-locked = 关注要经过同意。
search-head = { $network } 上的“{ $words }”：
search-none = { $network } 上没有含“{ $words }”的帖子。
usage-search = /search 词
list-head = 你在 { $network } 上的列表（/list 名称）：
list-none = 你在 { $network } 上没有列表。
list-no-such = { $network } 上没有列表“{ $title }”。
list-on = 从现在起，{ $network } 上“{ $title }”里的人发的会送到这里。
list-off = “{ $title }”不再送到这里。
list-none-here = 没有列表“{ $title }”送到这里。
thread-head = { $code } 所在的对话（{ $number } 条）：

home-on = 从现在起，你在 { $network } 上关注的一切都会送到这里。/home off 可以停止。
home-off = { $network } 的首页时间线不再送到这里。
mentions-on = { $network } 上提到你的会送到这里。
mentions-off = { $network } 上提到你的不再送到这里。
tag-on = 从现在起，{ $network } 上带 #{ $tag } 的帖子会送到这里。
tag-off = 带 #{ $tag } 的帖子不再送到这里。
mirror-on = 从现在起，{ $network } 上 { $what } 的公开帖子会送到这里。在与我的私聊中用 /routes 可以停止。
delivery-on = { $count ->
    [0] 恢复送到这里。没有错过的内容。
   *[other] 恢复送到这里；留着的 { $count } 条现在送来。
}
delivery-on-some = 恢复送到这里；留着 { $count } 条。先送来 { $shown } 条，其余的等你要的时候再送。
delivery-off = 在 /on 之前什么都不送到这里，内容会留着。

timeline-gone = “{ $title }”已经不在了，我不再读取它。
parked = 发往 { $network }（{ $name }）的一项失败太多次，已放到一边，没有丢：“{ $excerpt }”。可以重试，也可以放弃。

admin-invite = 一人份的邀请码，{ $days } 天内有效：{ $code }
admin-role-set = 用户 { $number }：{ $role }
admin-paused = 已暂停：在 /admin resume 之前，除了给管理者的回答，什么都不会发出。内容会留着。
admin-resumed = 已继续。等了不到一小时的现在发出，更早的会先问作者。
admin-no-network = 这里没有由你管理的网络。
reports-head = { $network } 上的举报（/admin remove 编号，/admin suspend @名字）：
reports-none = { $network } 上没有举报。
removed = ✓ 已从 { $network } 移除 { $id }。
suspended = ✓ 已在 { $network } 停用 { $who }。
unsuspended = ✓ 已在 { $network } 恢复 { $who }。

# 来得太多，聊天里放不下。

digest-minutes = { $time } 分钟内来了 { $number } 条，太多了，没法在这里逐条显示；都留着。
digest-hours = { $time } 小时内来了 { $number } 条，太多了，没法在这里逐条显示；都留着。
digest-hint = 发 /digest 查看。
digest-more = 还留着 { $number } 条。
digest-empty = 这里没有留着的内容。
digest-all = { $number ->
    [0] 这里没有留着的内容。
   *[other] { $number } 条现在逐条送来。
}
help-redo = 重做 /undo 撤回的内容；/redo 编号：某条帖子
help-retry = /retry 编号：重试失败的部分
help-history = /history 编号：帖子的每个版本，以及各处发生了什么
nothing-to-redo = 这里没有可以重做的：只能重做你自己在一天之内用 /撤销 收回的内容。
redoing = 正在重新发布 { $code }，结果见回执。
redone-memo = ✓ 备忘 { $code } 已恢复。
nothing-to-retry = { $code } 没有可以靠重试解决的失败。
retrying = 正在重试 { $code }，结果见回执。
retry-looking = { $code } 也许已经在那里：我先查看，不在才重发。
replacing = 正在删除 { $code } 并重新发布，结果见回执。
replace-left = { $code } 在那里保持原样。
history-head = { $code } 的历史：
history-wiped = （已不再保存）
history-event = { $time } { $network }：{ $what }
history-tried = （试了 { $times } 次）
history-because = （{ $reason }）
history-posted = 已发布
history-edited = 已编辑
history-deleted = 已删除
history-taken-back = 已撤回
history-edit = 编辑，{ $state }
history-delete = 删除，{ $state }
history-queued = 排队中
history-sending = 正在发送
history-unconfirmed = 还没有明确的回音
history-failed = 失败
history-parked = 已放到一边
history-cancelled = 未发送
usage-queue = /admin queue，/admin queue retry 号码或 all，/admin queue drop 号码
queue-oldest = 最早：{ $time }
queue-held = 暂停：{ $lane }（{ $why }）
queue-line = { $number }  { $action } → { $place }：自 { $since } 起 { $state }，试了 { $attempts } 次。{ $reason }
queue-how = /admin queue retry 号码或 all，/admin queue drop 号码
queue-no-such = 号码 { $number } 下没有停住的任务。
queue-retried-number = 正在重试 { $number }。
queue-dropped-number = 已放弃 { $number }。
queue-looking = { $number } 也许已经发出：先去查看。
queue-asked = { $number } 也许已经发出：已询问它的主人。
queue-retried = 正在重试。
queue-dropped = 已放弃，不会再发。
queue-settled = 这件事已经有结果了。

# 在浏览器里登录
help-signin = /signin [名称]：给你一个网址，在浏览器里登录该网络自己的网页
usage-signin = /signin 后面写其中一个：{ $names }
signin-address = 在浏览器里打开下面的网址，登录 { $network }。它只能用一次，十分钟内有效；请只给自己用，谁打开它，谁就能以你的身份行事。
