# What a text looked like that was not posted, because it must stay secret.
secret-telegram-token = a Telegram bot token
secret-app-password = an app password
secret-jwt = a login token
secret-private-key = a private key
secret-api-token = an access token
