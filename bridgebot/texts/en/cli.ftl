# The command line.
cli-commands = Commands
cli-options = Options
cli-help = bridgebot puts a person's microblogs into their chat. Try it first: bridgebot demo
cli-help-init = Ask four things and write a configuration, a key file and the operator's one-time code.
cli-help-demo = The bot in this terminal: no network, no account.
cli-help-run = Run the bot.
cli-help-claim = Make a one-time code, address and QR code that make somebody the bot's operator.
cli-help-check-config = Check the configuration and name everything that is wrong with it.
cli-help-status = What the bot has to do, and how its adapters are.
cli-help-adapters = The networks that the bot can speak to.
cli-help-adapters-list = Every adapter that is installed, and what it can do.
cli-help-adapters-new = Begin an adapter of your own: module, pretend server and test.
cli-help-adapters-check = Test whether an adapter keeps its promises.
cli-help-db = The database.
cli-help-db-upgrade = Bring the database up to date (`run` does so by itself).
cli-option-config = The configuration file.
cli-option-set = An option over what file and environment say, for example web.listen=127.0.0.1:9000. Repeatable.
cli-option-online = Also ask each chat network whether it accepts the bot.
cli-option-json = Print JSON.
cli-option-language = The language to speak.
cli-option-script = Play the lines of this file instead of asking for them.
cli-option-chat = The chat network to use.
cli-option-option = An option of the chat network, for example jid=bot@example.org. Repeatable.
cli-option-social = The microblogs to offer, separated by commas, or none.
cli-option-public-url = Where people reach the bot's pages, or none.
cli-option-name = The name of the new adapter: small letters, digits and _.
cli-option-kind = Whether it is for a chat network or a social network.
cli-option-directory = Where to write it.
cli-option-module = The module, for example my_package.zulip.
cli-set-needs-value = --set { $flag }: write it as name=value
cli-unexpected = Something went wrong that should not have ({ $error }). With BRIDGEBOT_DEBUG=1 the details are shown; please report them.
cli-config-well = { $file } is fine. Adapters: { $names }
online-well = ✓ { $name }: { $address } can be reached
online-wrong = ✗ { $name }: { $problem }
online-unasked = – { $name }: whether it accepts the bot shows when the bot runs
reach-refused = { $network } does not accept the bot's credentials. Please check them.
reach-unreachable = { $network } cannot be reached at the moment.
reach-timeout = { $network } has not answered for { $seconds } seconds.
claim-scan = Scan this or open it: the first to do so becomes the operator. It works once, for { $days } days.
claim-open = Open it: the first to do so becomes the operator. It works once, for { $days } days.
claim-write = Write this to the bot within { $days } days to become its operator; it works once: { $command }
run-no-operator = Nobody is this bot's operator yet: `{ $command }` makes a code, also while the bot runs.
cli-scaffolded = An adapter, a fake server and a kit test that passes. Check it: { $command }
cli-upgraded = { $file } is up to date.
cli-adapter = adapter
cli-network = network
cli-can = can

init-ask-language = Which language? ({ $choices })
init-ask-chat = Which chat network? ({ $choices })
init-ask-option = { $name }:
init-ask-social = Which microblogs shall it offer? ({ $choices }, none)
init-ask-public-url = Where will people reach its pages? (https://…, or none: only on this machine)
init-choose = One of these: { $choices }
init-secret-wrong = this does not look right; please copy it once more, whole.
init-no-answer = There was no answer to: { $question }
init-exists = Nothing was written, for this is there already: { $files }
init-cannot-write = { $file } cannot be written: { $error }
init-written = Written, readable for you alone: { $files }
init-backup = Keep a copy of the key file apart from copies of the database: each is worth nothing without the other.
init-next-check = 1. Check it:   { $command }
init-next-run = 2. Start it:   { $command }
init-next-claim = 3. Write this to the bot within { $days } days to become its operator: { $command }
init-next-open = 3. Become its operator: { $address }
init-unproven = So nobody knows yet whether { $network } accepts the bot. It is written down all the same; `bridgebot check-config --online` asks again.
init-comment-head =
    The configuration of bridgebot. `bridgebot check-config` tells what is wrong with it.
    Every option may also come from the environment: BRIDGEBOT__WEB__LISTEN=127.0.0.1:9000
init-comment-language = The language of those who have not chosen one: en or zh-CN.
init-comment-timezone = The time zone of those who have not chosen one.
init-comment-database = The database; paths are relative to this file.
init-comment-access = Who may use the bot: open, invite or allowlist.
init-comment-allow = With allowlist, those who may: [adapter:id, …]
init-comment-operators = Operators: [adapter:id, …]. The code that `init` printed makes one as well.
init-comment-secret-keys-file = What secrets in the database are encrypted with. Lose it and every account must be linked again.
init-comment-web = The bot's pages; public_url is where people reach them, or null.
init-comment-adapters = The networks; a secret may stand in a file: password_file instead of password.
