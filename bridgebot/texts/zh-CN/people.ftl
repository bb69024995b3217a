# 别人做了什么，以及如何远离某些人。

happening-favourite = ★ { $others ->
    [0] { $who } 赞了
   *[other] { $who } 和另外 { $others } 人赞了
} { $what }（{ $network }）
happening-boost = 🔁 { $others ->
    [0] { $who } 转发了
   *[other] { $who } 和另外 { $others } 人转发了
} { $what }（{ $network }）
happening-follow = { $others ->
    [0] { $who } 在 { $network } 上关注了你。
   *[other] { $who } 和另外 { $others } 人在 { $network } 上关注了你。
}
happening-follow-request = { $who } 想在 { $network } 上关注你：/approve { $who } 或 /reject { $who }
happening-some-post = 你的一条帖子

help-mute = /静音 @名字 [关]：不再看到某人，对方不会知道
help-unmute = /取消静音 @名字
help-block = /拉黑 @名字 [关]：双方都不再看到对方
help-unblock = /取消拉黑 @名字
help-bookmarks = 你最近在各网络上收藏的书签
usage-mute = /静音 @名字，/静音 @名字 关
usage-block = /拉黑 @名字，/拉黑 @名字 关
muted = ✓ 不再给你看 { $who } 的任何内容（{ $network }）。/取消静音 可以恢复。
unmuted = ✓ { $who } 在 { $network } 上没有被静音。
block-ask = 要在 { $network } 上拉黑 { $who } 吗？你们将互相看不到，彼此的关注也会解除。
block-not = 没有拉黑任何人。
blocked = ✓ 已在 { $network } 上拉黑 { $who }。/取消拉黑 可以解除。
unblocked = ✓ { $who } 在 { $network } 上没有被拉黑。之前的关注不会自动恢复。
option-block = 拉黑
option-block-words = 拉黑, 是, 好
expired-block = 十分钟没有回答：没有拉黑任何人。
done-mute = 静音了 { $who }
done-unmute = 取消静音 { $who }
done-block = 拉黑了 { $who }
done-unblock = 取消拉黑 { $who }
bookmarks-head = 你在 { $network } 上的书签，最近的在前：
bookmarks-none = 你在 { $network } 上没有书签。
