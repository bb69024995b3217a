# What a rule does not carry, so that no post travels in a circle.

skip-echo = it looks like #{ $code }, which is there or on its way, so it was not carried on
skip-there = it looks like what is there already, so it was not carried on { $url }
skip-circle = the rule seems to go round in a circle, so it rests now
skip-far = a bridge had brought it, and such posts go one step only
skip-resting = the rule rests, for it seemed to go round in a circle
button-retry-carry = Carry it on
withheld = A rule did not carry “{ $excerpt }” to { $place }: { $why }
withheld-carried = It is carried on now.
option-carry = Carry it on
option-carry-words = carry it on, carry on, carry it
expired-withheld = Nobody asked for what a rule did not carry on; it stays where it is.
cancelled-withheld = Left as it is: it is not carried on.

circle-ask = The same comes again and again by the rule that leads to { $place }: “{ $excerpt }”. That looks like a circle, perhaps because something else copies between these accounts, too. The rule rests until you say what to do; nothing of the time between will be sent.
circle-on = The rule goes on from now.
circle-stopped = The rule is stopped.
option-go-on = Go on
option-go-on-words = go on, continue, on
option-stop-rule = Stop this rule
option-stop-rule-words = stop this rule, stop the rule, stop
expired-circle = Nobody told me whether the rule that went round should go on: it still rests. /routes shows it.
cancelled-circle = Left as it is: the rule rests. /routes shows it.

# What a rule carried of somebody else's: a boost, or what a channel forwarded.
theirs-carried = 🔁 A rule carried what { $who } wrote to { $place }: “{ $excerpt }” { $url }
theirs-going = It is being taken back there.
