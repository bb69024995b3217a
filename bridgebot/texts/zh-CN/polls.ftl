# 投票、引用、定时发布和私信。

help-quote = /引用 编号 文字：发一条引用别的帖子的帖子
help-poll = /投票 问题 | 选项 | 选项 | 1天 | 多选，也可以一行一个
help-vote = /vote 编号 2：参加投票；可多选时写几个数字
help-schedule = /定时 时间 文字：到时再发，例如 /定时 明天9点 早上好
help-scheduled = 等着发布的帖子；/scheduled 取消 2、/scheduled 立即 2
help-dm = /私信 @ada@example.social 文字：只有对方看得到

# --- 投票
usage-poll = 先写问题，再写至少两个选项：/投票 喝茶还是咖啡？｜茶｜咖啡。后面可以注明开放多久（30分钟、2小时、1天）和“多选”。没有发布任何内容。
poll-files = 投票不能带图片和文件。没有发布任何内容。
poll-same = 第 { $number } 个选项和第 { $other } 个相同。没有发布任何内容。
poll-duration = 投票最短开放一分钟，最长一年。没有发布任何内容。
poll-too-many = { $network } 最多 { $most } 个选项，这里有 { $count } 个。没有发布任何内容。
poll-choice-long = 第 { $number } 个选项对 { $network } 来说长了 { $over } 个字。没有发布任何内容。
confirm-poll = 投票发出后不能修改。要发布吗？
poll-voters = { $count } 人已投
poll-until = { $time } 截止
poll-over = 已结束
poll-multiple = 可多选
poll-hint = /vote { $code } 1
loss-poll = { $networks }：投票以文字代替，在那里不能投
loss-quote = { $networks }：引用的帖子以链接代替

# --- 参加投票
usage-vote = /vote 编号 和你选的数字，例如 /vote 7k2 2
vote-no-poll = { $code } 没有可以参加的投票。
vote-own = { $code } 是你自己的投票。
vote-over = { $code } 的投票已经结束。
vote-range = 这个投票的选项是 1 到 { $most }。
vote-one = 这个投票只能选一项。你还没有投。
vote-already = 你已经在 { $code } 投过：{ $choices }。投了就不能改。
vote-under-way = 你在 { $code } 的一票还在路上。
vote-ask = { $code } 可以多选，但投了就不能改。只投第 { $number } 项“{ $choice }”吗？要投几项请写：/vote { $code } 1 3
not-voted = 你没有投票。
voted = ✓ 你已在 { $code } 投票。
voted-for = ✓ 你已在 { $code } 投票：{ $choices }
    目前：{ $result }
poll-ended = 📊 { $network } 上的投票 { $code } 已结束：{ $result }
unconfirmed-vote-ask = { $network } 一直没有回答是否收到你的一票。请看一下：已经算上了，还是要我再投一次？
option-vote-this = 投票
option-vote-this-words = 投票, 投, 是, 好
expired-vote = 十分钟没有回答：你没有投票。
cancelled-vote = 已取消。你没有投票。

# --- 引用
usage-quote = /引用 编号，再写你想说的话。没有发布任何内容。
quote-not-public = { $code } 不是公开的，所以不会拿给别人看。没有发布任何内容。
quote-no-address = 还不知道 { $code } 在哪里可以看到。没有发布任何内容。

# --- 定时
usage-schedule = 请写明时间和内容：/定时 18:30 文字、/定时 明天9点 文字、/定时 30分钟后 文字、/定时 2026-12-01 09:00 文字。没有安排任何内容。
usage-scheduled = /scheduled、/scheduled 取消 2 或 /scheduled 立即 2
schedule-past = 那个时间已经过了：{ $when }。没有安排任何内容。
schedule-far = 帖子最多可以留一年。没有安排任何内容。
schedule-too-many = 已经有 { $most } 条帖子在等：/scheduled 可以查看。没有安排任何内容。
schedule-set = ⏰ { $number }：{ $when } 发到 { $networks }（{ $audience }）：
    { $text }
    要修改就编辑你的消息。/scheduled 查看等着发布的帖子。
schedule-moved = 那时时钟会拨快，你写的时间并不存在；这里是拨快之后的时间。
schedule-zone = 这是 { $zone } 时区的时间；/timezone 可以设置你的时区。
schedule-cancelled = 已取消：{ $when } 不会发布。
schedule-none-such = 没有这个编号：/scheduled
scheduled-none = 没有等着发布的帖子。/定时 明天9点 文字
scheduled-head = 等着发布的帖子：
scheduled-line =   { $number }  { $when }：{ $text }
scheduled-how = /scheduled 取消 编号 · /scheduled 立即 编号
when-today = 今天 { $time }
when-tomorrow = 明天 { $time }
when-later = { $day } 星期{ $weekday ->
    [1] 一
    [2] 二
    [3] 三
    [4] 四
    [5] 五
    [6] 六
   *[7] 日
} { $time }
confirm-scheduled = 这条本该早些时候发布，但我当时不在。现在发吗？
option-unschedule = 取消
option-unschedule-words = 取消
option-now = 立即发布
option-now-words = 立即, 立即发布, 现在
expired-scheduled-late = 一天没有回答：本该早些时候发布的那条没有发布。它还在这个聊天里。
cancelled-scheduled-late = 已取消。没有发布。

# --- 私信
usage-dm = /私信 @ada@example.social 文字：只有对方看得到。没有发送任何内容。
dm-which-server = 哪一位 { $who }？请把服务器也写上，例如 { $who }@example.social。没有发送任何内容。
dm-nowhere = 你的账号里没有能只发给一个人的。没有发送任何内容。
dm-ask = 只发给 { $who }，用 { $own }（{ $network }）：
dm-others = { $who } 也会看到，因为文字里提到了他们。
