# 因为必须保密而没有发布的文字看起来像什么。
secret-telegram-token = Telegram 机器人令牌
secret-app-password = 应用专用密码
secret-jwt = 登录令牌
secret-private-key = 私钥
secret-api-token = 访问令牌
