# 出了什么问题、谁能解决、该怎么办。
error-failed = 没有成功，原因不明。请再试一次；如果一直失败，请告诉本机器人的管理员。
error-temporary = 暂时连不上该网络。内容不会丢，稍后会自动重试。
error-unconfirmed = 对方网络没有回应，不知道有没有成功。再试之前，请先去那边看一眼。
error-rejected = 对方网络拒绝了，再试也一样。请修改后重新发送。
error-gone = 已经不在了：可能被删除了，或者你无权查看。
error-auth-expired = 该网络的登录已失效。请用 /relink 重新关联账号，等待中的内容会保留。
error-unsupported = 这个网络做不到这件事。
