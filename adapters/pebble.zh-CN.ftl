pebble-name = 你想在 Pebble 上叫什么名字？可以用文字、数字和下划线。
pebble-name-taken = Pebble 上不能用“{ $name }”这个名字：可能有人用了、太长，或者含有文字、数字和下划线以外的字符。换一个吧。
pebble-refused = Pebble 只收公开的帖子，最多 { $limit } 个字符。
pebble-not-yours = Pebble 上的这条帖子是别人写的。
pebble-gone = 这条帖子已经不在 Pebble 上了。
pebble-forgotten = Pebble 重新启动过，已经不记得这个账号了，请重新加入。
