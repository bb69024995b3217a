# The keys that secrets in the database are encrypted with.
cli-help-keys = The keys that the database's secrets are encrypted with.
cli-help-keys-status = How much each key opens.
cli-help-keys-new = Put a new key in front: it encrypts from now on, and the others still open what is there. Makes the key file where there is none.
cli-help-keys-rotate = Encrypt everything with a new key, also while the bot runs; goes on with what was interrupted.
cli-help-keys-drop = Remove the keys that open nothing any more.
cli-option-drop = Then remove the old keys.
keys-kind = { $table ->
    [account] { $count ->
        [one] { $count } linked account
       *[other] { $count } linked accounts
    }
    [adapter_state] { $count ->
        [one] { $count } value that an adapter keeps
       *[other] { $count } values that adapters keep
    }
    [inbox] { $count ->
        [one] { $count } message put aside
       *[other] { $count } messages put aside
    }
    [link_request] { $count ->
        [one] { $count } attempt to link
       *[other] { $count } attempts to link
    }
    [question] { $count ->
        [one] { $count } question
       *[other] { $count } questions
    }
   *[other] { $table }: { $count }
}
keys-lost = The bot does not start, for it would lose what is there: the database holds secrets that none of the keys in { $file } opens ({ $keys } tried): { $what }. Bring back the key file that belongs to this database, or put its lines under those that are there; `bridgebot keys status` tells what is still missing. It is not in copies of the database. If it is lost for good, so are these secrets: start with an empty database, and link every account again.
keys-none-opens = None of them opens: { $what }. Put the missing key under the others.
keys-file = { $file }, the newest key first:
keys-first = { $key } encrypts, and opens { $count }
keys-other = { $key } opens { $count }
keys-created = { $file } is there, with one key ({ $key }), readable for you alone. Keep a copy of it apart from copies of the database.
keys-new = { $file } has a new key in front ({ $key }), with which everything is encrypted from now on. What is there is encrypted anew with: bridgebot keys rotate
keys-finished = A change of keys had been begun; it is finished now, and no further key was made.
keys-rotated = { $count ->
    [one] { $count } secret was encrypted anew: everything opens with the key { $key }.
   *[other] { $count } secrets were encrypted anew: everything opens with the key { $key }.
}
keys-drop-later = The old keys are still in the file. When you need no older copy of the database: { $command }
keys-dropped = { $count ->
    [0] There was no key to remove.
    [one] { $count } key was removed. Copies of the database that are older need it: keep it with them, or make a new copy.
   *[other] { $count } keys were removed. Copies of the database that are older need them: keep them with those, or make a new copy.
}
keys-needed = { $count ->
    [one] { $count } older key stays, for rows need it. They are encrypted anew with: bridgebot keys rotate
   *[other] { $count } older keys stay, for rows need them. They are encrypted anew with: bridgebot keys rotate
}
keys-busy = { $file } is just being changed by another command.
keys-other-file = A bot runs on this database and reads its keys from elsewhere, so it would not know a new key in { $file }. Stop it first, or name its own key file.
keys-no-file = This bot has no key file.
# Secrets that do not belong on a command line.
config-secret-argument = a secret in the arguments of a process can be read by everybody on the machine; write it into a file and name that: { $name }_file
init-secret-argument = a secret in the arguments of a process can be read by everybody on the machine. Leave it out to be asked for it (it may be piped in), or name a file that holds it: --option { $name }_file=FILE
