# 带走一切、被忘记、保存了什么。

help-export = 把你的一切装进一个文件带走
help-forget = 让我忘记你：你的每一条记录、文件和令牌都会清除
help-privacy = 保存了你的什么、保存多久、谁能看到

confirm-there = 为了确认是你本人，我在你的 { $network } 聊天里问了你。请在十分钟内到那里回答。

option-export = 给我
option-export-words = 给我, 导出, 是, 是的, 好
export-ask = 你的一切装在一个文件里：设置、账号（不含令牌）、帖子和备忘以及它们所在的位置、关注和规则。不含任何别人的内容。你会得到一个地址，十分钟内有效，只能用一次。是你本人要的吗？
export-ask-file = 你的一切装在一个文件里：设置、账号（不含令牌）、帖子和备忘以及它们所在的位置、关注和规则。不含任何别人的内容。这个机器人没有公开的地址，所以文件由管理者交给你；文件是加密的，打开它的口令只给你一个人。是你本人要的吗？
export-ask-there = 在你的 { $network } 聊天里，有人要一个装有你一切内容的文件。是你吗？如果不是，请回答“不”，并检查谁能看到那个聊天。
export-open = 有一份你还没有取走：它的地址或口令在上面，否则过期后自动作废。
export-too-often = 一天之内已经 { $number } 次，这是上限。请明天再来。
export-kept = 什么都没有交出。
export-kept-there = 你在 { $network } 聊天里回答了“不”：什么都没有交出。
export-given-there = 好了：在你的 { $network } 聊天里。
export-address = 你的一切都在这里。这个地址十分钟内有效，只能用一次；请在你想保存文件的设备上打开，不要给任何人看：
    { $url }
export-file = 你的文件可以写出了。请在 { $days } 天内让这个机器人的管理者运行下面的命令，并把写出的文件交给你：
    { $command }
    文件用 age（age-encryption.org）和下面的口令打开，口令只有你有；请和文件分开保管：
    { $passphrase }
export-taken = 你的文件刚刚被取走了。如果不是你取的：有人能看到这个聊天。
expired-export = 十分钟没有回答：什么都没有交出。
cancelled-export = 已取消，什么都没有交出。

option-posts-stay = 那里的帖子留下
option-posts-stay-words = 那里的帖子留下, 留下, 保留
option-posts-go = 删除那里的帖子
option-posts-go-words = 删除那里的帖子, 删除我的帖子, 删除
option-forget = 是的，忘记我
option-forget-words = 是的忘记我, 是的, 是
forget-ask = 要忘记你吗？下面这些会清除，谁也找不回来：这里保存的 { $posts } 条帖子和 { $memos } 条备忘，{ $accounts } 个账号及其令牌（在这里建立的账号会关闭，它写过的全部删除），{ $routes } 条关注和规则，你的设置，你和我的聊天记录，以及关于你的一切记载。{ $waiting ->
    [0] 没有等待发送的。
   *[other] 还有 { $waiting } 件等待发送，会停下来。
    }别人写给你的仍属于别人。请先用 /export 带走一切。
    你在其他网络上的帖子怎么办？可以留在那里，也可以由我在忘记它们的位置之前，先把我发到那里的删掉。真正清除之前我会再问一次。
forget-word = 忘记我
forget-word-keep = 你在其他网络上的帖子会留在那里。为了确认，请写下：{ $word }
forget-word-posts = 我发到其他网络上的会先在那里删除，最多十分钟；到时还剩下的就留在那里。为了确认，请写下：{ $word }
forget-other-word = 写的不是那几个字：什么都没有忘记。用 /forget 可以重来。
forget-ask-there = 在你的 { $network } 聊天里，有人要我忘记你：这里属于你的一切会永远清除。是你吗？
forget-ask-there-posts = 在你的 { $network } 聊天里，有人要我删除你的帖子并忘记你：这里属于你的一切会永远清除。是你吗？
forget-kept = 什么都没有忘记。
forget-kept-there = 你在 { $network } 聊天里回答了“不”：什么都没有忘记。
forget-begun = { $waiting ->
    [0] 开始了。没有等待发送的。
   *[other] 开始了。还有 { $waiting } 件在等待，不会再发送。
} 从现在起，你写的任何东西都不再起作用。到最后我会告诉你。
forget-last = 这是我对你说的最后一句话。片刻之后，这里属于你的一切都会清除。你再写给我时，我就不认识你了。再见！
forget-unheard = 我交还访问权时，下面这些没有回应，请自己到那里收回：{ $accounts }
expired-forget = 十分钟没有回答：什么都没有忘记。
expired-forget-word = 十分钟没有回答：什么都没有忘记。
expired-forget-sure = 十分钟没有回答：什么都没有忘记。
cancelled-forget = 已取消，什么都没有忘记。
cancelled-forget-word = 已取消，什么都没有忘记。
cancelled-forget-sure = 已取消，什么都没有忘记。

privacy = 这个机器人保存了你的这些：
    • 你在聊天里是谁（网络给的编号和显示的名字）、你的设置、绑定的账号、你关注的和你的规则，直到你更改或 /forget
    • 你的帖子和备忘以及它们所在的位置，直到 /forget；编辑之前的内容保存 30 天
    • 给你看过的别人的帖子：文字保存 30 天，之后只留下“看过”
    • 收到过你的一条消息，以及用来发现重复内容的指纹；没有成为帖子的消息不保存文字
    • 你对账号、邀请和导出做过什么，只记一行，不含文字
    账号的令牌是加密的，还没回答的问题也是。其余的在机器人自己的磁盘上没有加密：运行机器人的人能看到你的帖子、备忘和你关注了谁，也持有打开令牌的密钥。我从不索要其他网络的密码。
    管理者可能保留数据库的备份：你已经删除或让我忘记的，在备份被丢弃之前仍留在其中。
    /export 随时给你一切。/forget 清除一切。其他网络上的内容由那里管理。
privacy-title = 这个机器人保存了你的什么
export-page-title = 你的一切
export-page = 这是一个文件，装着机器人保存的属于你的一切。只能取一次；取走之后，或者在你提出十分钟之后，这个地址就作废了。
export-page-button = 取走文件
export-page-gone = 这个地址用过了，或者已超过十分钟。/export 会给你一个新的。
role-leaving = 正在被忘记
