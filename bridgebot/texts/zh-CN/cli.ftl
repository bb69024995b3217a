# 命令行。
cli-commands = 命令
cli-options = 选项
cli-help = bridgebot 把一个人的微博客带进聊天里。先试试看：bridgebot demo
cli-help-init = 问四个问题，然后写好配置、密钥文件和管理者的一次性代码。
cli-help-demo = 在这个终端里试用机器人：不用联网，也不用账号。
cli-help-run = 运行机器人。
cli-help-claim = 生成一次性代码、链接和二维码，用它可以成为机器人的管理者。
cli-help-check-config = 检查配置，一次列出所有问题。
cli-help-status = 机器人有哪些事要做，各个适配器情况如何。
cli-help-adapters = 机器人能连接的网络。
cli-help-adapters-list = 列出已安装的适配器和它们的能力。
cli-help-adapters-new = 开始写自己的适配器：模块、模拟服务器和测试。
cli-help-adapters-check = 测试一个适配器是否遵守约定。
cli-help-db = 数据库。
cli-help-db-upgrade = 把数据库更新到最新结构（`run` 也会自动这样做）。
cli-help-queue = 等待发出的，以及停住的。
cli-help-queue-list = 各状态的数量、最早的、暂停的通道，以及停住的；从不显示任何人写的内容。
cli-help-queue-retry = 重发因失败太多次而放到一边的，机器人运行时也可以。
cli-help-queue-drop = 放弃放到一边的，或一直没有回音的。
cli-option-numbers = `bridgebot queue list` 列出的号码。
cli-option-numbers-or-all = `bridgebot queue list` 列出的号码，或 all。
cli-queue-retry = 正在重试 { $number }；运行中的机器人会在半分钟内发送。
cli-queue-drop = 已放弃 { $number }。
cli-queue-no-such = 号码 { $number } 下没有停住的任务。
cli-queue-unconfirmed = { $number } 也许已经发出，所以不从这里重发：已询问作者，管理者可以用 /admin queue retry { $number } 去查看。
cli-queue-nothing = 没有放到一边的任务。
cli-option-config = 配置文件。
cli-option-set = 覆盖文件和环境变量里的选项，例如 web.listen=127.0.0.1:9000。可重复使用。
cli-option-online = 同时联网询问每个聊天网络是否接受这个机器人。
cli-option-json = 输出 JSON。
cli-option-language = 使用的语言。
cli-option-script = 逐行播放这个文件，而不是等待输入。
cli-option-chat = 要用的聊天网络。
cli-option-option = 聊天网络的选项，例如 jid=bot@example.org。可重复使用。不能写机密：机密会另外询问，或放在文件里（password_file=文件）。
cli-option-social = 要提供的微博客，用逗号分隔；不要则填 none。
cli-option-public-url = 大家访问机器人网页的地址；没有则填 none。
cli-option-name = 新适配器的名称：小写字母、数字和 _。
cli-option-kind = 用于聊天网络（chat）还是社交网络（social）。
cli-option-directory = 写到哪个目录。
cli-option-module = 模块，例如 my_package.zulip。
cli-set-needs-value = --set { $flag }：请写成 名称=值
cli-unexpected = 出了不该出的问题（{ $error }）。设置 BRIDGEBOT_DEBUG=1 可以看到详情，欢迎反馈。
cli-config-well = { $file } 没有问题。适配器：{ $names }
online-well = ✓ { $name }：可以连上 { $address }
online-wrong = ✗ { $name }：{ $problem }
online-unasked = – { $name }：是否接受机器人，要运行起来才知道
reach-refused = { $network } 不接受机器人的登录信息，请检查一下。
reach-unreachable = 暂时连不上 { $network }。
reach-timeout = { $network } 已有 { $seconds } 秒没有回应。
claim-scan = 扫一扫或打开这个链接：最先这样做的人成为管理者。只能用一次，{ $days } 天内有效。
claim-open = 打开这个链接：最先这样做的人成为管理者。只能用一次，{ $days } 天内有效。
claim-write = { $days } 天之内把这句话发给机器人，就成为它的管理者；只能用一次：{ $command }
run-no-operator = 这个机器人还没有管理者：运行 `{ $command }` 可以得到一个代码，机器人运行时也可以。
cli-scaffolded = 一个适配器、一个假服务器和一个能通过的契约测试。检查它：{ $command }
cli-upgraded = { $file } 已是最新。
cli-adapter = 适配器
cli-network = 网络
cli-can = 能力

init-ask-language = 用哪种语言？（{ $choices }）
init-ask-chat = 用哪个聊天网络？（{ $choices }）
init-ask-option = { $name }：
init-ask-social = 提供哪些微博客？（{ $choices }；不要则填 none）
init-ask-public-url = 大家从哪里访问它的网页？（https://…；填 none 则只在本机）
init-choose = 请从这些里面选：{ $choices }
init-secret-wrong = 看起来不对，请再完整地复制一次。
init-no-answer = 没有得到回答：{ $question }
init-exists = 什么也没有写，因为这些已经存在：{ $files }
init-cannot-write = 无法写入 { $file }：{ $error }
init-written = 已写好，只有您能读取：{ $files }
init-backup = 请把密钥文件的备份和数据库的备份分开保存：少了任何一个，另一个都没有用。
init-next-check = 1. 检查：{ $command }
init-next-run = 2. 启动：{ $command }
init-next-claim = 3. { $days } 天之内把这句话发给机器人，您就成为它的管理者：{ $command }
init-next-open = 3. 成为它的管理者：{ $address }
init-unproven = 所以还不知道 { $network } 是否接受这个机器人。配置照样写好；之后可以用 `bridgebot check-config --online` 再问一次。
init-comment-head =
    bridgebot 的配置。运行 `bridgebot check-config` 可以检查有没有问题。
    每个选项也可以来自环境变量：BRIDGEBOT__WEB__LISTEN=127.0.0.1:9000
init-comment-language = 没有选择语言的人用哪种语言：en 或 zh-CN。
init-comment-timezone = 没有选择时区的人用哪个时区。
init-comment-database = 数据库；路径以本文件所在目录为准。
init-comment-access = 谁可以使用机器人：open（任何人）、invite（受邀者）或 allowlist（名单）。
init-comment-allow = 选择 allowlist 时，哪些人可以使用：[适配器:标识, …]
init-comment-operators = 管理者：[适配器:标识, …]。用 `init` 显示的代码也可以成为管理者。
init-comment-secret-keys-file = 数据库里的机密用它加密。丢了它，所有账号都要重新关联。
init-comment-web = 机器人的网页；public_url 是大家访问它的地址，没有则为 null。
init-comment-adapters = 各个网络；机密可以放在文件里：用 password_file 代替 password。

# What users take along.

cli-help-export = 机器人没有公开地址时，写出用户用 /export 要求的加密文件。
cli-option-export-user = 用户的编号，机器人在聊天里告诉过。
cli-option-export-file = 要写出的文件；用 age 和只有用户知道的口令打开。
cli-exported = 已写出：{ $file }。请交给用户；用 age 和聊天里的口令打开。
cli-export-none = 用户 { $user } 没有要求过文件：要在与机器人的聊天中用 /export 提出。

# 管理者的操作。
cli-help-users = 谁在使用这个机器人；机器人运行时也能用。
cli-help-users-list = 序号、地址、身份、各网络的账号数、最近一次出现：每页五十人，从不显示内容。
cli-help-users-show = 一个用户。
cli-help-users-block = 不再理会某人的任何地址。
cli-help-users-unblock = 重新理会某人。
cli-help-users-promote = 让某人成为管理者。
cli-help-users-demote = 让管理者变回普通用户。
cli-help-audit = 谁做了什么的日志。
cli-help-audit-export = 输出审计日志，从最早的开始：序号、时间、用户、操作、对象、结果。
cli-help-stats = 这个服务的统计数字：只有计数，没有任何人的内容。
cli-option-user = 用户的序号，见 `bridgebot users list`。
cli-option-word = 只看地址里含有这个词的人。
cli-option-page = 第几页，每页五十人。
cli-option-since = 从什么时候起：2026-11-26 或 2026-11-26T14:05+01:00。
cli-users-no-such = 没有用户 { $number }。
cli-users-not-so = 不能这样处理用户 { $number }，因为身份不符：bridgebot users show { $number }
cli-users-listed = 用户 { $number } 写在配置的 `operators` 名单里：请先从名单中删去。
cli-users-block = 用户 { $number } 已封禁。
cli-users-unblock = 用户 { $number } 已解封。
cli-users-promote = 用户 { $number } 现在是管理者。
cli-users-demote = 用户 { $number } 现在是普通用户。
cli-since-unreadable = 看不懂时间“{ $typed }”。请写成 2026-11-26 或 2026-11-26T14:05+01:00。
