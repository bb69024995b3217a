# The database: what is wrong with it, copies of it, and a configuration that is read anew.
store-full = There is no room left for the database { $file }: make room.
store-read-only = The database { $file } cannot be written, for it or its folder is read-only.
store-locked = Another program holds the database { $file }: end that program.
store-failing = The disk does not store what is written to { $file }: a quota or a limit is reached, or it is broken. The system's log tells more.
store-gone = The database { $file } was removed or replaced while the bot ran. Put the same file back, or stop the bot and restore a copy: bridgebot restore FILE
store-damaged = The database { $file } is damaged. The bot has stopped and changes nothing in it. Move the file and those beside it away, keep them, and restore a copy: bridgebot restore FILE
store-vanished = The database { $file } was here and is gone, or empty. Bring it back or restore a copy: bridgebot restore FILE. To begin without one, remove { $lock }.
store-in-use = { $file } is in use by another bridgebot; stop that one first.
store-unlockable = { $file } cannot be locked: { $error }
store-waits = Nothing is taken in until that is over; what was accepted before is kept, and the bot goes on by itself.
store-well = The database can be written again; the bot goes on.
backup-made = The database was copied to { $file }, with { $manifest } beside it: keep the two together.
backup-keys = The key file is not in the copy and is needed with it: keep it apart from the copies.
backup-exists = { $file } is there already; nothing was written.
backup-nothing = There is no database { $file } to copy.
backup-failed = { $file } cannot be written: { $error }
backup-damaged = { $file } is damaged: { $problem }
restore-no-manifest = { $file } is missing or cannot be read: without it nobody knows whether { $copy } is whole.
restore-bad-manifest = { $file } is no manifest of a backup.
restore-newer = This copy was made by bridgebot { $version }, which this one does not understand; install that one.
restore-changed = { $file } is not what its manifest says: it was changed, or came only in part.
restore-not-empty = { $file } is there already. A copy is put back only where no database is: move it away first.
restore-done = { $file } is again as it was at { $at }. Start the bot with: bridgebot run
restore-doubtful =
    { $count ->
        [0] Nothing waited to be posted then.
        [one] One post waited then and may have gone out since: the bot looks for it, or asks.
       *[other] { $count } posts waited then and may have gone out since: the bot looks for them, or asks.
    }
restored-unsure = I had to be put back to what I knew on { $since } (UTC). What you wrote between then and { $until } I have not acted on, for I may have done it already. Please look, and write again what is missing.
reload-wrong = The configuration was not read anew, and nothing has changed: { $problems }
reload-restart = These options have changed and count after a restart: { $options }
cli-help-backup = Copy the database while the bot runs.
cli-help-restore = Put a copy back where no database is.
cli-option-backup = The file to write; a manifest is written beside it.
cli-option-restore = The copy; its manifest must stand beside it.
cli-kept = { $file } is the database as it was before.
