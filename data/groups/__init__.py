"""Groups made in the company's chat tool by its own application, one file a chat tool (PRODUCT.md A4, F3)."""

from collections.abc import Callable, Mapping

from data.groups.base import Platform
from data.groups.dingtalk import DingTalk
from data.groups.feishu import Feishu
from data.groups.wecom import WeCom
from data.settings import Settings

__all__ = ["KINDS", "Platform", "chosen", "platforms"]

KINDS: Mapping[str, Callable[[Settings], Platform | None]] = {
    "wecom": WeCom.of,
    "dingtalk": DingTalk.of,
    "feishu": Feishu.of,
}


def platforms(settings: Settings) -> dict[str, Platform]:
    """The chat tools whose application is configured, by name: groups made before are still served."""
    made = {kind: of(settings) for kind, of in KINDS.items()}
    return {kind: platform for kind, platform in made.items() if platform is not None}


def chosen(settings: Settings) -> str | None:
    """The chat tool in which rooms get a group; None where none was chosen, or its application is missing."""
    kind = settings.room_groups
    return kind if kind and KINDS[kind](settings) is not None else None
