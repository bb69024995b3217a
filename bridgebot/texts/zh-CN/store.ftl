# 数据库的问题、备份，以及重新读取配置。
store-full = 数据库 { $file } 没有可用空间了，请腾出空间。
store-read-only = 数据库 { $file } 无法写入，它或所在文件夹是只读的。
store-locked = 另一个程序占用了数据库 { $file }，请结束那个程序。
store-failing = 磁盘没有保存写入 { $file } 的内容：达到了配额或限制，或者磁盘坏了。详情见系统日志。
store-gone = 数据库 { $file } 在机器人运行时被移走或替换了。请把同一个文件放回去，或者停止机器人并恢复备份：bridgebot restore FILE
store-damaged = 数据库 { $file } 已损坏。机器人已停止，不会改动它。请把它和旁边的文件移到别处保存好，然后恢复备份：bridgebot restore FILE
store-vanished = 数据库 { $file } 原本在这里，现在不见了或是空的。请把它放回来，或恢复备份：bridgebot restore FILE。如果想从头开始，请删除 { $lock }。
store-in-use = { $file } 正被另一个 bridgebot 使用，请先停止那一个。
store-unlockable = 无法锁定 { $file }：{ $error }
store-waits = 在此期间不再接收任何内容；之前已接收的都保留着，恢复后机器人会自行继续。
store-well = 数据库又可以写入了，机器人继续工作。
backup-made = 数据库已复制到 { $file }，旁边是 { $manifest }：请把这两个文件放在一起。
backup-keys = 备份里没有密钥文件，但恢复时需要它：请把它和备份分开保存。
backup-exists = { $file } 已经存在，没有写入任何内容。
backup-nothing = 没有可以复制的数据库 { $file }。
backup-failed = 无法写入 { $file }：{ $error }
backup-damaged = { $file } 已损坏：{ $problem }
restore-no-manifest = { $file } 不存在或无法读取：没有它就无法知道 { $copy } 是否完整。
restore-bad-manifest = { $file } 不是备份的清单。
restore-newer = 这份备份由 bridgebot { $version } 制作，当前版本无法识别，请安装那个版本。
restore-changed = { $file } 与清单不符：它被改动过，或者不完整。
restore-not-empty = { $file } 已经存在。只能在没有数据库的地方恢复备份：请先把它移走。
restore-done = { $file } 已恢复到 { $at } 的状态。启动机器人：bridgebot run
restore-doubtful =
    { $count ->
        [0] 当时没有等待发布的内容。
       *[other] 当时有 { $count } 条内容等待发布，之后可能已经发出：机器人会去查找，或者询问。
    }
restored-unsure = 我不得不恢复到 { $since }（UTC）时的记忆。从那时到 { $until } 之间您写的内容我没有处理，因为我可能已经做过了。请看一看，缺少的请再写一次。
reload-wrong = 配置没有重新读取，一切照旧：{ $problems }
reload-restart = 这些选项已更改，重启后生效：{ $options }
cli-help-backup = 复制数据库，机器人可以继续运行。
cli-help-restore = 在没有数据库的地方恢复备份。
cli-option-backup = 要写入的文件；旁边会写一份清单。
cli-option-restore = 备份文件；清单必须在它旁边。
cli-kept = { $file } 是升级之前的数据库。
