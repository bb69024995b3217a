# 向网络发出的请求结果如何。
http-unreachable = 暂时连不上 { $host }。
http-busy = { $host } 请我们稍等一下。
http-no-answer = { $host } 没有给出可用的回应。
http-unclear = { $host } 没有给出可用的回应，无法确定这件事是否已经发生。
http-rejected = { $host } 拒绝了：{ $words }
http-redirected = { $host } 要把我们转到别处，这里不会跟过去。
http-too-large = { $host } 发来的内容太大了。
http-address-refused = 机器人不会连接 { $host }：只连公开的站点，而且要用域名和 https。
http-address-wrong = 这不是一个站点的地址。
