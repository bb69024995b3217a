# 加入
plaza-name-question = 你想在 Plaza 上叫什么名字？可用 a–z、0–9 和 _，2 到 24 个字符。
plaza-name-shape = Plaza 的名字由 2 到 24 个 a–z、0–9 或 _ 组成，至少要有一个字母。请换一个。
plaza-name-reserved = “{ $name }”这个名字留给 Plaza 的管理者了，请换一个。
plaza-name-taken = “{ $name }”已经有人用了，或者和别人的名字太像。请换一个。
plaza-join-closed = Plaza 目前不开放注册，机器人的管理者可以重新开放。

# 出错时
plaza-suspended = 这个账号在 Plaza 上已被停用，原因可以问机器人的管理者。
plaza-empty-post = 这条帖子里什么都没有。
plaza-too-long = 有 { $length } 个字，Plaza 最多收 { $limit } 个字。
plaza-too-many-mentions = Plaza 的一条帖子最多提到 { $limit } 个人。
plaza-reply-wider = 回复的可见范围不能比原帖更大。
plaza-parent-gone = 你回复的那条帖子已经不在了。
plaza-post-gone = 没有这条帖子，或者它已经不在了。
plaza-not-yours = 只有作者本人才能修改这条帖子。
plaza-boost-narrow = 那条帖子不是给所有人看的，不能转发。
plaza-nobody = Plaza 上没有叫“{ $name }”的人。
plaza-person-gone = 这个人不在 Plaza 上，或者已经离开了。
plaza-follow-self = 不能关注自己，不过自己的帖子你本来就都看得到。
plaza-no-request = “{ $name }”没有请求关注你。
plaza-posts-spent = 这个小时的 { $limit } 条帖子已经发完了，过了这个小时 Plaza 再收下一条。
plaza-follows-spent = 你今天已经关注了 { $limit } 个人，达到 Plaza 的上限了，请明天再继续。
plaza-reports-spent = 你今天已经举报了 { $limit } 条帖子，达到 Plaza 的上限了，请明天再继续。

# 网站
plaza-skip = 跳到帖子
plaza-tagline = 一个写短帖的小地方，在你聊天的地方就能写。
plaza-join-how = 这里没有注册表单。在聊天里给机器人发一句就好，yourname 换成你想要的名字：
plaza-join-command = /join yourname
plaza-join-bot = 打开机器人
plaza-empty = 这里还没有帖子。第一条出现时会自动显示。
plaza-empty-person = { $name } 还没有发过所有人可见的帖子。
plaza-empty-tag = 还没有人写过 { $tag }。
plaza-older = 更早的帖子
plaza-newest = 最新的帖子
plaza-pages = 更多帖子
plaza-posts = { $count } 条帖子
plaza-followers = { $count } 位关注者
plaza-following = 关注了 { $count } 人
plaza-locked = 关注需要本人同意
plaza-atom = Atom 订阅
plaza-json-feed = JSON 订阅
plaza-post-by = { $name } 的帖子
plaza-reply-to = 回复 { $name }
plaza-reply-gap = 回复一条不在这里的帖子
plaza-warning = 内容警告：
plaza-answers = { $count } 条回复
plaza-boosts = { $count } 次转发
plaza-favourites = { $count } 次收藏
plaza-edited = 已编辑
plaza-unlisted = 不公开列出
plaza-missing = 这里什么都没有
plaza-missing-why = 这条帖子或这个人已经不在、从未存在，或者不是给所有人看的。
plaza-to-front = 去看最新的帖子
plaza-language = 语言
plaza-colophon = 没有 Cookie，也不会跟踪你。由 bridgebot 提供。
