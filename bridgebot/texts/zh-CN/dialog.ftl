# 问题，以及可以怎样回答。

options-hint = （请回答：{ $options }）
option-post = 发布
option-post-words = 发布, 发, 是, 好, 可以
option-no = 不
option-no-words = 不, 否, 不要, 取消, 算了
option-command = 命令
option-command-words = 命令, 指令
option-ask = 每次都问
option-ask-words = 每次都问, 问
option-post-anyway = 照样发布
option-post-anyway-words = 照样发布, 照发
option-unlink = 解除
option-unlink-words = 解除, 是
option-undo = 收回
option-undo-words = 收回, 撤销, 是
option-there = 已经在那里
option-there-words = 已经在那里, 在, 有了
option-again = 再发一次
option-again-words = 再发一次, 再发, 重发
option-relink = 重新关联
option-relink-words = 重新关联
option-send-all = 全部发出
option-send-all-words = 全部发出, 全部发送, 全发, 都发
option-choose = 逐条选择
option-choose-words = 逐条选择, 选择
option-drop = 丢弃
option-drop-words = 丢弃, 都不要, 放弃, 算了
option-send = 发出
option-send-words = 发出, 发送, 发
option-drop-rest = 丢弃其余的
option-drop-rest-words = 丢弃其余的, 丢弃其余
option-later = 以后再说
option-later-words = 以后再说, 以后
option-more = 再来五条
option-more-words = 再来五条, 再来
option-all = 全部
option-all-words = 全部
option-post-all = 全部发布
option-post-all-words = 全部发布
option-post-rest = 发布其余的
option-post-rest-words = 发布其余的, 发布其余

plain-mode-ask = 纯文字要怎么处理？“发布”：直接发布。“每次都问”：先问再发。“命令”：只有 /post 才发布。现在还没有发布任何内容。
confirm-post = { $reason }
    发到 { $networks }（{ $audience }）：
    { $text }
confirm-first = 要发布这条吗？
confirm-ask = 要发布这条吗？
confirm-command = 按你的选择，只有 /post 才发布。要发布这一条吗？
confirm-greeting = 这是对我说的，还是一条帖子？
confirm-repeated = 你刚刚写过同样的内容。要再发一次吗？
confirm-misnamed = 你没有叫这个名称的账号（/accounts）。要连同这个名称一起发布吗？
confirm-reply = 你回复的不是帖子。要把它作为新帖子发布吗？
near-command = 你是想用 /{ $name } 吗？没有发布任何内容。
words-command = 这是命令 /{ $name }，还是一条帖子？现在还没有发布。
reply-ask = 你要怎么回复 { $code }？请写在这里；不回复就 /cancel。

button-reply = ↩ 回复
button-favourite = ⭐
button-boost = 🔁
button-undo = 撤销
button-undo-copies = 撤销各份
button-stop = 停止这条规则
button-show = 查看

unfit-media = 我能转发文字、图片、视频和音频，但不能转发这个。什么都没有发布，随附的文字也没有发。请把文字单独发给我。
unfit-forwarded = 这是一条转发的消息，可能是别人写的。什么都没有发布。如果确实想发，请复制文字，作为你自己的消息发给我。
not-posted = 没有发布任何内容。
question-over = 那个问题已经过期，什么都没有做。
question-answered = 已经回答过了。
unconfirmed-ask = { $network } 一直没有回答是否收到这条帖子：“{ $excerpt }”。请看一下：它已经在那里，还是要我再发一次？
undo-ask = 那是一段时间以前的事了。要收回 { $what } 吗？
undo-kept = 没有收回任何内容。
done-off = 取消 { $what }
done-follow = 关注 { $who }
done-unfollow = 取消关注 { $who }

expired-confirm = 十分钟没有回答：那段文字没有发布。
expired-plain-mode = 十分钟没有回答：那段文字没有发布。
expired-near = 十分钟没有回答：那段文字没有发布。
expired-words = 十分钟没有回答：那段文字没有处理。
expired-unlink = 十分钟没有回答：账号保留。
expired-undo = 十分钟没有回答：没有收回任何内容。
expired-reply = 十分钟没有回答：没有发布任何内容。
expired-link = 十分钟没有回答：绑定已结束。用 /link 或 /join 重新开始。
expired-late = 一天没有回答：晚到的消息没有发布，它们还在这个聊天里。
expired-late-one = 一天没有回答：其余晚到的消息没有发布，它们还在这个聊天里。
expired-held = 一天没有回答。等你决定的内容仍然留着，见 /held。
expired-held-one = 一天没有回答。等你决定的内容仍然留着，见 /held。
expired-held-items = 一天没有回答。这里错过的内容仍然留着，见 /held。
expired-unconfirmed = 没有人告诉我那条帖子在不在，它仍然未确认。

# 机器人联系不上的时候写下的。

late-ask = { $count ->
    [1] 这条消息在你写下十多分钟之后才到我这里。还没有发布，仍然要发布吗？
   *[other] 我不在的时候你写了 { $count } 条消息。都还没有发布，仍然要发布吗？
}
late-to = 发到 { $place }：
late-place = { $networks }（{ $audience }）
late-more = …… 还有 { $count } 条
late-one = { $left ->
    [1] 最后一条。要发布吗？
   *[other] 还有 { $left } 条。要发布这一条吗？
}
late-done = 都处理完了。
late-dropped = 有 { $count } 条没有发布。

# 等得太久、不会直接发出的内容。

age-minutes = { $count ->
    [0] 不到一分钟
   *[other] { $count } 分钟
}
age-hours = { $count } 小时
age-days = { $count } 天
held-line = { $what }（{ $age }）
held-post = { $code }：{ $text }
held-edit = 修改 { $code }：{ $text }
held-ask = 有 { $count } 项在等 { $account }，没有发出。现在还要吗？
held-one = { $left ->
    [1] { $account } 的最后一项，已等了 { $age }。要发出吗？
   *[other] 还有 { $left } 项等 { $account }。这一项已等了 { $age }。要发出吗？
}
held-sent = { $count } 项现在按顺序发出。
held-dropped = 已丢弃 { $count } 项，不会发出。
held-later = 仍然留着 { $count } 项：/held 可以再问一次。
held-done = 都处理完了。
held-none = 没有等你决定的内容。
held-expired = 有 { $count } 项要等 { $name } 重新验证：/relink { $name }
missed = 有一段时间这里无法显示，错过的 { $count } 条现在送来。
missed-some = 有一段时间这里无法显示，错过 { $count } 条。先送来 { $shown } 条，其余的留着。
items-ask = 还留着 { $count } 条。再显示一些、全部显示，还是丢弃？

secret-refused = 这看起来像{ $kind }：没有发布，也没有保存。如果是真的，请立即吊销它，并删除这里的这条消息。
secret-token = 访问令牌
secret-app-password = 应用专用密码
secret-jwt = 签名令牌（JWT）
secret-private-key = 私钥

option-retry = 重试
option-retry-words = 重试, 再试
option-anew = 删除并重发
option-anew-words = 删除并重发
option-leave = 保持原样
option-leave-words = 保持原样, 不动, 不
replace-ask = { $network } 不能修改帖子，而这一条已经发了一段时间，或有人回应过：“{ $excerpt }”。要删除并重新发布（别人的回应会丢失），还是保持原样？
button-retry = 重试
expired-parked = 没有人告诉我怎样处理放到一边的内容；它还在那里，/retry 可以重发。
expired-replace = 没有回答：那条帖子保持原样。
cancelled-parked = 保持不变，仍放在一边。
cancelled-replace = 那条帖子保持原样。
