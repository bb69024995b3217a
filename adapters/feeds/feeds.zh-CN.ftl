feeds-unreadable = { $host } 没有给出可读的订阅源。稍后会再试。
feeds-too-much = { $host } 的订阅源太大，这里无法读取。
feeds-locked = { $host } 要求密码，或者密码不对。请把密码写进网址：https://用户名:密码@…
feeds-none = 在 { $host } 没有找到订阅源。请在页面上找到订阅源（RSS、Atom）本身的网址，再用那个网址试试。
feeds-wrong = 这不是网址。请写订阅源的网址，或者它所在页面的网址。
feeds-cursor = 无法得知这个订阅源读到了哪里。
feeds-hub = { $host } 的推送服务不再通知新内容。新内容仍会送达，只是稍晚一些。
