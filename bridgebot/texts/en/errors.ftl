# What went wrong, who can mend it, and what to do.
error-failed = It did not work, and nobody said why. Please try again; if it keeps failing, tell the operator of this bot.
error-temporary = The network cannot be reached at the moment. Nothing is lost: it is tried again by itself.
error-unconfirmed = The network gave no answer, so nobody knows whether it happened. Please look there before you try again.
error-rejected = The network refused this, and would refuse it again. Please change it and try once more.
error-gone = It is not there any more: it was deleted, or it is not for you to see.
error-auth-expired = The network no longer accepts this login. Please link the account again with /relink; what waits is kept.
error-unsupported = This network cannot do that.
