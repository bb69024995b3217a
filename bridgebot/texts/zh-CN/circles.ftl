# 规则没有转发的内容：不让任何帖子绕圈子。

skip-echo = 看起来与 #{ $code } 相同，那里已有或即将发出，所以没有转发
skip-there = 看起来那里已经有了，所以没有转发 { $url }
skip-circle = 这条规则似乎在绕圈子，已暂停
skip-far = 它是由别的搬运工具带来的，这样的帖子只转发一步
skip-resting = 这条规则因为像是在绕圈子而暂停了
button-retry-carry = 仍然转发
withheld = 规则没有把“{ $excerpt }”转发到 { $place }：{ $why }
withheld-carried = 现在就转发。
option-carry = 仍然转发
option-carry-words = 仍然转发, 照样转发
expired-withheld = 规则没有转发的内容一直没有人过问，就不转发了。
cancelled-withheld = 保持不变：不转发。

circle-ask = 发往 { $place } 的规则一再遇到同样的内容：“{ $excerpt }”。这像是在绕圈子，也许还有别的工具在这些账号之间搬运。规则已暂停，等你决定；其间的内容不会补发。
circle-on = 规则从现在起继续。
circle-stopped = 规则已停止。
option-go-on = 继续
option-go-on-words = 继续, 接着来
option-stop-rule = 停止这条规则
option-stop-rule-words = 停止这条规则, 停止规则, 停止
expired-circle = 没有人告诉我那条绕圈子的规则要不要继续：它仍然暂停着，用 /routes 查看。
cancelled-circle = 保持不变：规则仍然暂停着，用 /routes 查看。

# 规则转发了别人的内容：你转发的帖子，或频道里转发的消息。
theirs-carried = 🔁 规则把 { $who } 写的内容转发到了 { $place }：“{ $excerpt }” { $url }
theirs-going = 正在从那里收回。
