# Pictures, films and sounds on their way out of a chat.

unfit-late = This came when the rest of its album was on its way already, so it was not posted with it. To add it, send it as an answer to your post.
unfit-late-group = This came when the rest of its album was on its way already, so it was not posted with it. To post it too, send it once more with /post.
file-too-large-here = This file is too large: here I am given at most { $most }. Nothing was posted. Please send a smaller one.
file-too-large = The file is too large there: at most { $most }. A shorter film, or one in lower quality, fits; the words by themselves can be posted, too.
file-too-long = The film is too long there: at most { $minutes ->
    [one] one minute
   *[other] { $minutes } minutes
 }. A shorter one fits; the words by themselves can be posted, too.
file-too-many-points = The picture has too many pixels: at most { $most } million.
file-heic = No network shows HEIC pictures. Send it as a photo and not as a file, or as JPEG (on an iPhone: Settings, Camera, Formats, Most Compatible). Nothing was posted.
file-broken = The picture cannot be opened: it is broken, or is not what it says it is.
file-type = It does not take files of this kind. Pictures go as JPEG or PNG, films as MP4.
file-gone = The file is no longer there to be fetched. Please send it once more.
file-no-answer = The file cannot be fetched at the moment; it is tried again.
file-no-room = Too many files are on their way; it is tried again.
file-disk-full = The bot has no room for the file now; whoever runs it can change that. It is tried again.
http-no-file = The file cannot be fetched at the moment.
skip-files = it does not take this, and there are no words in the post; words beside it would go there
loss-files = { $networks }: does not take all of the pictures, films or sounds; they are missing there (too many, too large or of another kind). As an answer to the post the rest can follow; what is too large, as a shorter film or one in lower quality
loss-no-files = { $networks }: takes no pictures, films or sounds; only the words are there
quota-name-media = pictures, films and sounds in 24 hours
quota-media = Nothing was posted: here { $most ->
    [0] no pictures, films or sounds
    [one] only one picture, film or sound
   *[other] at most { $most } pictures, films and sounds
 } can be posted in 24 hours. The words by themselves can be.
quota-media-until = Nothing was posted: this bot allows { $most ->
    [one] one picture, film or sound
   *[other] { $most } pictures, films and sounds
 } in 24 hours. These go from { $time } on; the words by themselves go now.
help-alt = /alt TEXT, or /alt 2 TEXT for the second: describes a picture for those who cannot see it
usage-alt = /alt TEXT describes the picture of the post that waits or that you posted last; /alt 2 TEXT describes the second one.
alt-noted = Picture { $number } is described: { $text }
alt-changed = Picture { $number } of #{ $code } is described, and it is changed where it stands: { $text }
alt-no-picture = I know of no post of yours with pictures that this could be about. Answer the post with /alt and the description.
alt-number = { $count ->
    [one] There is one picture in it.
   *[other] There are { $count } pictures in it: /alt 1 to /alt { $count }.
 }
pictures-shown = Pictures, films and sounds of what comes into this chat are shown here.
pictures-told = Pictures, films and sounds of what comes into this chat are told by their addresses.
pictures-are-shown = shown
pictures-are-told = told by their addresses
alt-asked = I ask before I post a picture that has no description.
alt-not-asked = Pictures are posted without a question, described or not.
alt-is-asked = I ask for it
alt-is-not-asked = posted as they are
confirm-alt = This has a picture without a description. /alt TEXT describes it (/alt 2 TEXT the second one). Post it?
warning-pictures = sensitive pictures
