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
cli-help-queue = What waits to go out, and what stands still.
cli-help-queue-list = Numbers by state, the oldest, held lanes, and what stands still; never what somebody wrote.
cli-help-queue-retry = Send again what was put aside after too many attempts, also while the bot runs.
cli-help-queue-drop = Give up what was put aside or never got an answer.
cli-option-numbers = The numbers that `bridgebot queue list` shows.
cli-option-numbers-or-all = The numbers that `bridgebot queue list` shows, or all.
cli-queue-retry = { $number } is tried again; a running bot does so within half a minute.
cli-queue-drop = { $number } is given up.
cli-queue-no-such = Nothing stands still under { $number }.
cli-queue-unconfirmed = { $number } may be out already, so it is not sent again from here: its writer was asked, and an operator can have it looked for with /admin queue retry { $number }.
cli-queue-nothing = Nothing is put aside.
cli-option-config = The configuration file.
cli-option-set = An option over what file and environment say, for example web.listen=127.0.0.1:9000. Repeatable.
cli-option-online = Also ask each chat network whether it accepts the bot.
cli-option-json = Print JSON.
cli-option-language = The language to speak.
cli-option-script = Play the lines of this file instead of asking for them.
cli-option-chat = The chat network to use.
cli-option-option = An option of the chat network, for example jid=bot@example.org. Repeatable. No secret: that is asked for, or stands in a file (password_file=FILE).
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

# What users take along.

cli-help-export = Write the encrypted file that a user asked for with /export, where the bot has no public address.
cli-option-export-user = The user's number, as the bot told it in the chat.
cli-option-export-file = The file to write; it opens with age and the words that only the user has.
cli-exported = Written: { $file }. Hand it to the user; it opens with age and the words in their chat.
cli-export-none = User { $user } has asked for no file: they do so with /export in their chat with the bot.

# What operators do.
cli-help-users = Who uses the bot; also beside a running bot.
cli-help-users-list = Numbers, addresses, roles, how many accounts where, when they were last here: fifty at a time, never a text.
cli-help-users-show = One user.
cli-help-users-block = Hear nothing more from somebody, under any of their addresses.
cli-help-users-unblock = Hear somebody again.
cli-help-users-promote = Make somebody an operator.
cli-help-users-demote = Make an operator a user like others.
cli-help-audit = The log of who did what.
cli-help-audit-export = Print the audit log, the oldest line first: number, time, user, action, target, result.
cli-help-stats = The service's own figures: counts, nobody's text.
cli-option-user = The user's number, as `bridgebot users list` shows it.
cli-option-word = Only those in whose address this stands.
cli-option-page = Which fifty of them.
cli-option-since = From when on: 2026-11-26, or 2026-11-26T14:05+01:00.
cli-users-no-such = There is no user { $number }.
cli-users-not-so = That cannot be done to user { $number }, for they have another role: bridgebot users show { $number }
cli-users-listed = User { $number } is listed under `operators` in the configuration: take them off that list first.
cli-users-block = User { $number } is blocked.
cli-users-unblock = User { $number } is heard again.
cli-users-promote = User { $number } is an operator.
cli-users-demote = User { $number } is a user like others.
cli-since-unreadable = I cannot read the time “{ $typed }”. Write it as 2026-11-26 or 2026-11-26T14:05+01:00.
