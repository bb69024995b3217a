mastodon-server = 你的账号在哪个服务器上？请写服务器的名字，例如 example.social。Mastodon、GoToSocial、Pleroma、Akkoma 等同类服务器都可以。
mastodon-server-wrong = 这不是服务器的名字。请只写名字，例如 example.social，或者写完整的账号名，例如 @you@example.social。
mastodon-server-number = 这里只能用名字（例如 example.social）访问服务器，不能用数字地址。
mastodon-server-port = 这里只能用默认端口访问服务器。请只写名字，例如 example.social，不要写冒号和端口号。
mastodon-server-unreachable = { $server } 上没有服务器，或者暂时连不上。名字写对了吗？
mastodon-server-down = { $server } 存在，但现在没有给出可用的回答。请过几分钟再试，或者换一个服务器。
mastodon-server-other = { $server } 不是这一类服务器。请写你用浏览器登录的那个服务器的名字。
mastodon-code =
    请打开下面的网址，登录 { $server } 并允许访问。之后会显示一个授权码，把它粘贴到这里。
    只粘贴你自己刚刚申请到的授权码。别人给你的授权码，或者向你索要授权码，都是想盗取账号。
mastodon-code-wrong = { $server } 不接受这个授权码：可能不完整、已过期或已经用过。每个授权码只能用一次。请重新打开同一个网址获取新的授权码，再粘贴过来。
mastodon-code-refused = { $server } 不接受浏览器带回来的授权码：可能已过期或已经用过。请用 /link 重新开始。
mastodon-scope-read = 读取这个账号能看到的内容：时间线、帖子、通知、书签、列表以及关注的人
mastodon-scope-write = 以它的名义操作：发布、修改和删除帖子，上传图片，点赞、转发、收藏书签，关注、静音和拉黑
mastodon-needs-account = { $server } 只给有账号的人看：/link { $network } { $server }
mastodon-scopes = 所给的权限不包括这项操作。请用 /relink 重新绑定账号；等待中的内容会保留。
mastodon-nobody = 那里没有 { $handle }。
mastodon-not-yours = 这条帖子是别人的。
mastodon-edit-poll = 这条帖子不能修改：其中的投票已经结束或即将结束，修改会丢失已有的票数。
mastodon-stream = 与 { $server } 的连接断开了。新帖子仍会送达，只是稍晚一些。
mastodon-processing = 服务器还在处理这条帖子的图片或视频。
mastodon-needs-picture = { $server } 不接受没有图片的帖子，请附上一张图片。
mastodon-no-quotes = 原作者不允许引用这条帖子。
mastodon-no-poll = 这条帖子里没有投票。
mastodon-poll-voted = 你已经投过票了，或者这是你自己的投票。
mastodon-poll-over = 这个投票已经结束。
mastodon-poll-choice = 这个投票里不能这样选。
