# 演示：开头几行，以及两位邻居说的话。

demo-header = bridgebot 演示：没有任何内容离开这台机器。{ $network }：{ $url }   Ctrl-C 退出，/tour 看提示
demo-hello = 你好！你在 { $first } 和 { $second }（{ $limit } 字）上都是 { $handle }。写点什么，按回车，它就会同时发到两边。
demo-script-unanswered = 脚本第 { $number } 行没有得到回答：{ $line }
demo-script-missing = 无法读取脚本 { $file }：{ $error }。
demo-bye = 演示到此结束，什么都没有保留。用 `bridgebot init` 可以建立你自己的机器人。

demo-lin-welcome = 欢迎！你是用什么发的？
demo-mei-hello = 隔壁窗口向你问好 👋 看得到的话 /boost 一下。
demo-musing-1 = 水开了，雨是暖的。
demo-musing-2 = 一条帖子，就是写给路过的人的信。
demo-musing-3 = 今天翻到一则旧公告：“请在三十天内下载您的数据”。再也不要这样了。
