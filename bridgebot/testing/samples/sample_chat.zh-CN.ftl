sample_chat-too-long = SampleChat 的一条消息最多 { $limit } 个字符。
