# 网页服务器的简单页面，以及它无法启动时给管理者看的话。
web-not-found = 这里什么也没有。
web-not-allowed = 这个地址不接受这样的请求。
web-too-large = 内容太大了。
web-refused = 无法回应这个请求。
web-failed = 这里出了点问题，已经记录下来了。
web-cannot-listen = web.listen：机器人无法监听 { $address }（{ $error }）。是不是被别的程序占用了？
web-collision = { $one } 和 { $other } 都要提供 { $path }，两者只能配置一个。
