# The demo: its first lines, and what the two neighbours say.

demo-header = bridgebot demo: nothing leaves this machine. { $network }: { $url }   (Ctrl-C quits, /tour for hints)
demo-hello = Hi! You are { $handle } on { $first } and on { $second } ({ $limit } characters). Type something and press Enter: it becomes a post on both.
demo-script-unanswered = Line { $number } of the script had no answer: { $line }
demo-script-missing = The script { $file } cannot be read: { $error }.
demo-bye = That was the demo; nothing is kept. `bridgebot init` sets up a bot of your own.

demo-lin-welcome = 欢迎! what did you use to post this?
demo-mei-hello = Hello from the window next door 👋 /boost this if you can read it.
demo-musing-1 = The kettle is on, the rain is warm.
demo-musing-2 = A post is a letter to whoever walks by.
demo-musing-3 = Found an old notice today: “you have thirty days to download your data”. Never again.
