"""The words behind `/admin`, in both languages, and what was probably meant by one that is none."""

from __future__ import annotations

from bridgebot.commands.grammar import Shape, Vocabulary, Word

WORDS: tuple[Word, ...] = (
    Word("users", Shape.OPTIONS, ("people",), ("用户",), ("yonghu",)),
    Word("invite", Shape.OPTIONS, (), ("邀请",), ("yaoqing",)),
    Word("invites", Shape.NOTHING, (), ("邀请列表",), ("yaoqingliebiao",)),
    Word("block", Shape.OPTIONS, ("ban",), ("封禁", "拉黑"), ("fengjin",)),
    Word("unblock", Shape.OPTIONS, ("unban",), ("解封",), ("jiefeng",)),
    Word("promote", Shape.OPTIONS, (), ("升为管理者",), ("shengwei",)),
    Word("demote", Shape.OPTIONS, (), ("取消管理者",), ("quxiaoguanli",)),
    Word("limits", Shape.OPTIONS, ("quotas", "limit"), ("限额",), ("xiane",)),
    Word("adapters", Shape.NOTHING, ("networks",), ("网络",), ("wangluo",)),
    Word("queue", Shape.OPTIONS, (), ("队列",), ("duilie",)),
    Word("announce", Shape.TEXT, ("broadcast",), ("公告", "通知"), ("gonggao",)),
    Word("pause", Shape.NOTHING, (), ("暂停",), ("zanting",)),
    Word("resume", Shape.NOTHING, (), ("继续",), ("jixu",)),
    Word("audit", Shape.OPTIONS, ("log",), ("审计", "日志"), ("shenji",)),
    Word("stats", Shape.OPTIONS, ("figures",), ("统计",), ("tongji",)),
    Word("reports", Shape.NOTHING, (), ("举报",), ("jubao",)),
    Word("remove", Shape.OPTIONS, (), ("移除",), ("yichu",)),
    Word("suspend", Shape.OPTIONS, (), ("停用",), ("tingyong",)),
    Word("unsuspend", Shape.OPTIONS, (), ("恢复",), ("huifu",)),
    Word("help", Shape.OPTIONS, (), ("帮助",), ("bangzhu",)),
)
VOCABULARY = Vocabulary(WORDS)


def read(typed: str) -> tuple[Word | None, str]:
    """The word that `/admin` was followed by, None where there is no such one, and what stands behind it.
    Chinese words need no space.
    """
    argument = typed.strip()
    first, *rest = argument.split(maxsplit=1) or [""]
    word = VOCABULARY.named(first)
    if word is not None:
        return word, rest[0] if rest else ""
    chinese = VOCABULARY.chinese(argument)
    return (chinese[1], argument[len(chinese[0]) :].strip()) if chinese else (None, "")


def near(typed: str) -> Word | None:
    """What was probably meant by the first of these words."""
    first = (typed.split() or [""])[0]
    return VOCABULARY.near(first, sure=True) or VOCABULARY.near_chinese(first)
