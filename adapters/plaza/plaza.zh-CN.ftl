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
plaza-no-pictures = 这里的 Plaza 不收图片，机器人的管理者可以更改。
plaza-too-many-pictures = Plaza 的一条帖子最多放 { $limit } 张图片。
plaza-alt-too-long = Plaza 的图片描述最多 { $limit } 个字符，这段有 { $length } 个。
plaza-picture-gone = 没有这张图片，或者它已经不在了。请重新发送一次。
plaza-picture-used = 这张图片已经在一条帖子里，要删除请删除那条帖子。
plaza-pictures-full-yours = 你在 Plaza 上的图片已经用满每人可用的 { $most } MB。删除一条带图片的帖子，就又有空间了。
plaza-pictures-full = Plaza 目前没有空间放更多图片，机器人的管理者可以增加空间；只发文字仍然可以。
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
plaza-covered = 发布者遮住了图片，点开查看
plaza-picture = 没有描述的图片
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

# 应用、授权与登录
plaza-scope-missing = 这个关联没有做这件事的权限。请重新关联一次账号来授权。
plaza-signin-key = 只有创建这个账号的聊天才能让浏览器登录。
plaza-signins-spent = 你一小时内已经要了 { $limit } 个网址，达到 Plaza 的上限了，请稍等一会儿。
plaza-not-done = 没有成功
plaza-too-often = 短时间内次数太多了，请稍后再试。
plaza-form-strange = 这个请求不是从 Plaza 在这里给你显示的页面发出的，所以什么都没有做。请返回、刷新页面再试一次。
plaza-colophon-desk = 这些页面只用一个 Cookie 保持登录，不会跟踪你。由 bridgebot 提供。
plaza-signin-title = 以 { $name } 的身份登录
plaza-signin-what = 登录后，你可以在这个浏览器里允许应用代你操作，也可以随时停止。登录状态保持 30 天。
plaza-signin-not-you = 这不是你？那这个网址是别人发给你的：请关掉这个页面。
plaza-signin-button = 以 { $name } 的身份登录
plaza-signin-over = 这个网址已经用过，或者超过十分钟了。在聊天里给机器人发 /signin 再要一个。
plaza-signin-first = 你还没有在这个浏览器里登录。这里没有密码：在聊天里给机器人发一句，然后打开它发给你的网址。
plaza-signin-then = 登录后再回到这个页面。
plaza-signin-done = 我已经登录了
plaza-signout = 退出登录
plaza-apps-title = 代你操作的应用
plaza-apps-who = 你是 { $name }。
plaza-apps-none = 没有应用在代你操作。你和机器人的聊天不在此列。
plaza-app-since = 开始于
plaza-app-used = 上次使用
plaza-app-unused = 还没有用过
plaza-app-end = 停止授权
plaza-browsers-title = 已登录的浏览器
plaza-browser-here = 就是这个浏览器
plaza-browser-unknown = 没有名字的浏览器
plaza-browser-end = 让它退出登录
plaza-consent-title = 允许“{ $app }”代你操作吗？
plaza-consent-who = 你是 { $name }。如果同意，这个应用就可以：
plaza-consent-where = 应用的名字是它自己起的。你回答之后，浏览器会转到 { $where }。
plaza-consent-code = 应用的名字是它自己起的。同意之后，你会得到一个要带给它的授权码。
plaza-consent-not-you = 刚才不是你自己发起的？那就选“不允许”。你随时可以停止授权：
plaza-consent-yes = 允许
plaza-consent-no = 不允许
plaza-code-title = 你的授权码
plaza-code-what = 把这个授权码带给“{ $app }”。它只能用一次，十分钟内有效。
plaza-code-warning = 只把它交给你发起这件事的应用或聊天。谁拿到它，谁就能代你操作。
plaza-app-unknown = Plaza 不认识让你来这里的应用，或者已经不再认识它了。请在应用里重新开始。
plaza-redirect-unknown = 让你来这里的应用要求把回答发到一个它从未登记过的地址。什么都没有发过去。
plaza-oauth-access-denied = 你没有同意，这个应用什么都做不了。
plaza-oauth-invalid-request = 应用提出请求的方式这里看不懂。
plaza-oauth-invalid-scope = 应用要求的权限比它登记时说的多。
plaza-oauth-unsupported-response-type = 应用提出请求的方式这里不提供。
plaza-scope-read = 读取你能看到的一切，包括只给你看的内容
plaza-scope-write = 以你的身份发帖、编辑、删除、关注、标记和举报
plaza-scope-profile = 知道你是谁
plaza-scope-follow = 以你的身份关注别人、同意别人关注你
plaza-scope-push = 给你推送通知（Plaza 没有推送）
plaza-scope-read-part = 读取：{ $part ->
    [accounts] 你和别人的账号
    [blocks] 你屏蔽的人
    [bookmarks] 你的书签
    [favourites] 你收藏的帖子
    [filters] 你的过滤规则
    [follows] 你关注了谁、谁请求关注你
    [lists] 你的列表
    [mutes] 你静音的人
    [notifications] 你的通知和提及
    [search] 可以搜索到的内容
   *[statuses] 帖子，包括只给你看的
}
plaza-scope-write-part = 以你的身份：{ $part ->
    [accounts] 修改账号
    [blocks] 屏蔽别人
    [bookmarks] 加书签
    [conversations] 清理对话
    [favourites] 收藏帖子
    [filters] 修改过滤规则
    [follows] 关注别人、同意别人关注你
    [lists] 修改列表
    [media] 上传图片
    [mutes] 静音别人
    [notifications] 清理通知
    [reports] 举报帖子
   *[statuses] 发帖、编辑、删除和转发
}
plaza-code-refused = Plaza 没有接受。请用 /link plaza 重新开始。
plaza-want-bot = 这里要填以 https:、xmpp:、tg: 或 mailto: 开头的地址
