# 为什么没有送到。

skip-not-configured = 这个网络现在没有配置
skip-read-only = 它只能读取
skip-public = 它没有公开帖子，所以不发到那里
skip-unlisted = 它没有“不列出”的帖子，公开又超出了你的意思，所以不发到那里；如果在那里可以公开：/share 编号 to 账号名 public
skip-followers = 它无法让帖子只给关注者看，所以不发到那里；在那里可以公开的内容，请先用 /vis public 再写
skip-direct = 它无法让帖子只给提到的人看，所以不发到那里；在支持的网络上可以用 /dm 写给某个人
skip-warning = 它不支持内容警告，所以不发到那里；不带警告就能发过去
skip-no-replies = 它不支持回复，所以不发到那里；不是回复的帖子可以发过去
skip-no-parent = 被回复的帖子不在那里，单独发出去意思就变了
skip-group = 这里有其他人能看到，而这条不是公开的
receipt-narrowed = 已撤回，因为原帖现在只给更少的人看
receipt-as-public = 按你说的，在那里是公开的
error-after-failed = 它所依赖的那一步失败了
error-not-configured = 这个网络现在没有配置；管理者可以更改。
error-bug = 机器人在这里出了错；管理者可以在日志里看到详情。
receipt-held-auth = 正在等待：/relink { $name } 之后就会发出
receipt-held-gone = 正在等待：那个聊天现在无法写入
receipt-held-asked = 正在等你决定：/held
receipt-held-paused = 正在等待：你暂停了一切，/resume 继续
receipt-held-house = 正在等待：管理者暂停了一切
receipt-behind = 正在等待：先前要发往那里的内容先发
receipt-parked = 失败次数太多，已放到一边，没有丢

# 帖子里有隐藏文字，而网络只能整篇隐藏时的警告。

warning-spoiler = 剧透

receipt-until = { $reason }将在 { $time } 再试。
receipt-anew = 那里不能修改，所以重新发布了
edit-asked = 那里不能修改，仍是旧文字；请看我的问题
edit-answered = 已经有人回复了它
error-no-id = 我不知道它在那里的地址；请自己到那里修改或删除。
error-warning-too-long = 警告太长，超出 { $over }：{ $length }，上限 { $limit }。请缩短。
loss-emphasis = { $networks }：那里不显示粗体、斜体等格式
loss-warning = { $networks }：那里不能隐藏文字，所以加了警告
loss-media = { $networks }：图片等媒体以链接代替
