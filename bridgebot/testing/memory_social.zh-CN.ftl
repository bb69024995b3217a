memory_social-name = 你想叫什么名字？
memory_social-name-taken = 这个名字已有人使用，或者不能使用，换一个吧。
memory_social-scope = 以你的名义做任何操作
memory_social-token = 请把网络给你的令牌发给我。
memory_social-token-wrong = 网络不认识这个令牌，请检查后再发一次。
