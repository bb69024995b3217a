# 回执：标记、网络和冒号后面的短语。
receipt-public = 公开
receipt-unlisted = 不公开列出
receipt-followers = 仅关注者
receipt-direct = 私信
receipt-undo = 撤销：/undo
receipt-memo = { $code } ✓ 已记下，只有你能看到
receipt-memo-gone = { $code } ✓ 备忘已删除
receipt-taken-back = { $code } 已撤回
receipt-replied = { $code } ✓ 已在 { $network } 回复 { $who }
receipt-reply = { $code } 回复 { $who }，{ $audience }
receipt-parts = （共 { $parts } 条）
receipt-because = { $outcome }：{ $reason }
receipt-unconfirmed = 还没有明确的回音，也许已经发出
receipt-failed = 没有发出
receipt-held = 等待中
receipt-deleting = 正在删除
receipt-cancelled = 未发送

# 别人的帖子。
mirror-head = { $who } 在 { $network } [{ $code }]
mirror-line = { $head }：{ $text }
mirror-boosted = { $by } 转发了 { $who }
mirror-followers = （仅关注者）
mirror-direct = （私信）
mirror-edited = （已编辑）
mirror-deleted = { $head }：作者已删除

# 由规则转发的自己的帖子。
synced = ↔ { $code } 来自 { $network }：{ $text }
synced-undo = 撤销各份：/undo { $code } · 停止：/sync off { $account }
synced-gone = ↔ { $code } 来自 { $network }，已撤回：{ $text }

receipt-retry = 重试：/retry { $code }
