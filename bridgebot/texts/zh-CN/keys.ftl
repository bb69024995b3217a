# 数据库中机密所用的密钥。
cli-help-keys = 加密数据库中机密所用的密钥。
cli-help-keys-status = 每个密钥能打开多少内容。
cli-help-keys-new = 在最前面放一个新密钥：从此用它加密，旧密钥仍能打开已有内容。没有密钥文件时会创建一个。
cli-help-keys-rotate = 用新密钥重新加密全部机密，机器人可以继续运行；中断过的会接着做完。
cli-help-keys-drop = 移除已经不再打开任何内容的密钥。
cli-option-drop = 完成后移除旧密钥。
keys-kind = { $table ->
    [account] { $count } 个已关联账号
    [adapter_state] { $count } 项适配器保存的数据
    [inbox] { $count } 条搁置的消息
    [link_request] { $count } 次账号关联
    [question] { $count } 个提问
   *[other] { $table }：{ $count }
}
keys-lost = 机器人没有启动，否则已有的内容会丢失：数据库里有机密，{ $file } 中的密钥（试过 { $keys } 个）都打不开：{ $what }。请放回属于这个数据库的密钥文件，或者把其中的密钥加在现有各行之后；`bridgebot keys status` 会告诉你还缺什么。数据库备份里没有密钥。如果密钥确实丢了，这些机密也就找不回来了：请从空数据库重新开始，并重新关联每个账号。
keys-none-opens = 没有密钥能打开：{ $what }。请把缺少的密钥加在其他密钥之后。
keys-file = { $file }，最新的密钥在最前面：
keys-first = { $key } 用于加密，能打开 { $count } 项
keys-other = { $key } 能打开 { $count } 项
keys-created = 已创建 { $file }，内有一个密钥（{ $key }），只有你能读取。请另存一份，和数据库备份分开保管。
keys-new = { $file } 最前面有了新密钥（{ $key }），从现在起都用它加密。要把已有内容也重新加密，请运行：bridgebot keys rotate
keys-finished = 上次更换密钥没有做完，现在做完了，没有再生成新密钥。
keys-rotated = 重新加密了 { $count } 项机密：现在密钥 { $key } 能打开全部内容。
keys-drop-later = 旧密钥还在文件里。不再需要更早的数据库备份时，请运行：{ $command }
keys-dropped = { $count ->
    [0] 没有可以移除的密钥。
   *[other] 移除了 { $count } 个密钥。更早的数据库备份还需要它们：请和备份一起保留，或者重新备份一次。
}
keys-needed = 还有 { $count } 个旧密钥被用到，所以保留。要重新加密这些内容，请运行：bridgebot keys rotate
keys-busy = 另一条命令正在修改 { $file }。
keys-other-file = 有机器人正在使用这个数据库，但它从别处读取密钥，不会知道 { $file } 里的新密钥。请先停止它，或者指定它自己的密钥文件。
keys-no-file = 这个机器人没有密钥文件。
# 不该写在命令行里的机密。
config-secret-argument = 进程参数里的机密，这台机器上的任何人都能看到；请写进文件，再指定文件：{ $name }_file
init-secret-argument = 进程参数里的机密，这台机器上的任何人都能看到。不写它就会提问（也可以用管道输入），或者指定存放它的文件：--option { $name }_file=文件
