"""The three chat tools' servers on loopback, as far as a company's own application speaks to them.

As strict as the real ones: tokens, secrets, who is known, what a group is; and one group for one key.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from data.settings import Settings

SECRET = "right"
PEOPLE = ("u-rep", "u-manager", "u-product", "u-delivery", "u-mate")


class Group:
    """A group as its chat tool keeps it."""

    def __init__(self, name: str, owner: str, users: list[str]) -> None:
        self.name, self.owner, self.users, self.said = name, owner, list(users), list[str]()


class ChatTool:
    """One chat tool.

    Attributes:
        groups: by id.
        asked: paths, in order.
        fails: what the next requests but those for tokens meet: a status, or "cut": done, and no answer.
    """

    def __init__(self, kind: str) -> None:
        self.kind, self.base = kind, ""
        self.groups: dict[str, Group] = {}
        self.asked: list[str] = []
        self.fails: list[int | str] = []
        self._tokens = self._keys = 0
        self._by_key: dict[str, str] = {}
        self._said: set[str] = set()

    @property
    def token(self) -> str:
        return f"token-{self._tokens}"

    def expire(self) -> None:
        """The token that was given is no longer good."""
        self._tokens += 1

    def settings(self, secret: str = SECRET, **more: Any) -> Settings:
        named = {
            "wecom": {"wecom_corp_id": "corp", "wecom_secret": secret, "wecom_api": self.base},
            "dingtalk": {
                "dingtalk_app_key": "key",
                "dingtalk_secret": secret,
                "dingtalk_template": "template",
                "dingtalk_api": self.base,
            },
            "feishu": {"feishu_app_id": "app", "feishu_secret": secret, "feishu_api": self.base},
        }
        return Settings(**(named[self.kind] | {"room_groups": self.kind} | more))

    def answer(self, method: str, path: str, headers: Any, body: bytes) -> tuple[int, Any] | None:
        there = urlsplit(path)
        query = {name: values[0] for name, values in parse_qs(there.query).items()}
        told = json.loads(body) if body else {}
        self.asked.append(there.path)
        fails = "" if "oken" in there.path.rpartition("/")[2] or "internal" in there.path else self._failing()
        if isinstance(fails, int):
            return fails, None
        done = getattr(self, f"_{self.kind}")(method, there.path, query, headers, told)
        return None if fails == "cut" else done

    def _failing(self) -> int | str:
        return self.fails.pop(0) if self.fails else ""

    def _make(self, key: str, name: str, owner: str, users: list[str]) -> str:
        if key not in self._by_key:
            self._by_key[key] = f"{self.kind}-{len(self._by_key)}"
            self.groups[self._by_key[key]] = Group(name, owner, users)
        return self._by_key[key]

    def _wecom(self, _: str, path: str, query: dict, headers: Any, told: dict) -> tuple[int, Any]:
        del headers
        if path == "/cgi-bin/gettoken":
            if (query.get("corpid"), query.get("corpsecret")) != ("corp", SECRET):
                return 200, {"errcode": 40001, "errmsg": "invalid credential"}
            return 200, {"errcode": 0, "errmsg": "ok", "access_token": self.token, "expires_in": 7200}
        if query.get("access_token") != self.token:
            return 200, {"errcode": 42001, "errmsg": "access_token expired"}
        return 200, self._wecom_chat(path.removeprefix("/cgi-bin/appchat/"), told)

    def _wecom_chat(self, what: str, told: dict) -> dict[str, Any]:
        fine, chat = {"errcode": 0, "errmsg": "ok"}, told["chatid"]
        if what == "create":
            if len(told["userlist"]) < 2 or not chat.isalnum() or len(chat) > 32:
                return {"errcode": 40058, "errmsg": "invalid parameter"}
            if not {*told["userlist"]} <= {*PEOPLE}:
                return {"errcode": 60111, "errmsg": "userid not found"}
            if chat in self.groups:
                return {"errcode": 86215, "errmsg": "chatid existed"}
            self.groups[chat] = Group(told["name"], told["owner"], told["userlist"])
            return fine | {"chatid": chat}
        if chat not in self.groups:
            return {"errcode": 86001, "errmsg": "invalid chatid"}
        if what == "send":
            self.groups[chat].said.append(told["text"]["content"])
            return fine
        if not {*told.get("add_user_list", [])} <= {*PEOPLE}:
            return {"errcode": 60111, "errmsg": "userid not found"}
        self._move(self.groups[chat], told.get("add_user_list", []), told.get("del_user_list", []))
        return fine

    def _move(self, group: Group, add: list[str], out: list[str]) -> None:
        group.users = [u for u in [*group.users, *(a for a in add if a not in group.users)] if u not in out]

    def _dingtalk(self, _: str, path: str, query: dict, headers: Any, told: dict) -> tuple[int, Any]:
        del query
        if path == "/v1.0/oauth2/accessToken":
            if (told.get("appKey"), told.get("appSecret")) != ("key", SECRET):
                return 400, {"code": "invalidClientIdOrSecret", "message": "no such application"}
            return 200, {"accessToken": self.token, "expireIn": 7200}
        if headers.get("x-acs-dingtalk-access-token") != self.token:
            return 401, {"code": "InvalidAuthentication", "message": "token is not valid"}
        return self._dingtalk_chat(path.removeprefix("/v1.0/"), told)

    def _dingtalk_chat(self, what: str, told: dict) -> tuple[int, Any]:
        if what == "im/sceneGroup/create":
            if told["template_id"] != "template" or len(told["title"]) > 30:
                return 400, {"code": "groupTemplate.notFound", "message": "no such template"}
            if not {*told["user_ids"]} <= {*PEOPLE}:
                return 400, {"code": "member.notFound", "message": "nobody"}
            made = self._make(told["uuid"], told["title"], told["owner_user_id"], told["user_ids"])
            return 200, {"open_conversation_id": made, "chat_id": f"chat-{made}"}
        named = told.get("openConversationId") or told.get("open_conversation_id")
        group = self.groups.get(named or "")
        if group is None:
            return 400, {"code": "cidEncryptError", "message": "no such group"}
        if what == "im/sceneGroups/query":
            return 200, {"success": True, "groupUrl": f"https://qr.dingtalk.test/{named}"}
        if what == "robot/groupMessages/send":
            return self._dingtalk_word(group, told)
        if not {*told["user_ids"]} <= {*PEOPLE}:
            return 400, {"code": "parameter.invalid", "message": "nobody"}
        self._move(group, *((told["user_ids"], []) if what.endswith("add") else ([], told["user_ids"])))
        return 200, {"success": True}

    def _dingtalk_word(self, group: Group, told: dict) -> tuple[int, Any]:
        if (told["robotCode"], told["msgKey"]) != ("key", "sampleText"):
            return 400, {"code": "invalidParameter.robotCode.notExsit", "message": "no such robot"}
        group.said.append(json.loads(told["msgParam"])["content"])
        return 200, {"processQueryKey": "q"}

    def _feishu(self, method: str, path: str, query: dict, headers: Any, told: dict) -> tuple[int, Any]:
        if path == "/open-apis/auth/v3/tenant_access_token/internal":
            if (told.get("app_id"), told.get("app_secret")) != ("app", SECRET):
                return 200, {"code": 10014, "msg": "app secret invalid"}
            return 200, {"code": 0, "msg": "ok", "tenant_access_token": self.token, "expire": 7200}
        if headers.get("Authorization") != f"Bearer {self.token}":
            return 400, {"code": 99991663, "msg": "Invalid access token for authorization."}
        return self._feishu_chat(method, path.removeprefix("/open-apis/im/v1/"), query, told)

    def _feishu_chat(self, method: str, what: str, query: dict, told: dict) -> tuple[int, Any]:
        fine = {"code": 0, "msg": "success"}
        if what == "chats":
            if query["user_id_type"] != "user_id" or not {*told["user_id_list"]} <= {*PEOPLE}:
                return 400, {"code": 232030, "msg": "Your request specifies a user_id which is invalid."}
            made = self._make(query["uuid"], told["name"], told["owner_id"], told["user_id_list"])
            return 200, fine | {"data": {"chat_id": made}}
        if what == "messages":
            group = self.groups[told["receive_id"]]
            if told["uuid"] not in self._said:
                self._said.add(told["uuid"])
                group.said.append(json.loads(told["content"])["text"])
            return 200, fine | {"data": {}}
        group, ids = self.groups[what.split("/")[1]], told["id_list"]
        known = [i for i in ids if i in PEOPLE]
        self._move(group, *((known, []) if method == "POST" else ([], ids)))
        return 200, fine | {"data": {"invalid_id_list": [i for i in ids if i not in PEOPLE]}}

    @contextmanager
    def listening(self) -> Iterator[ChatTool]:
        tool = self

        class Handler(BaseHTTPRequestHandler):
            def handle_any(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                said = tool.answer(self.command, self.path, self.headers, body)
                if said is None:
                    return  # the line is cut
                status, answer = said
                self.send_response(status)
                self.end_headers()
                self.wfile.write(json.dumps(answer).encode() if answer is not None else b"<html>busy</html>")

            do_GET = do_POST = do_DELETE = handle_any

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        self.base = f"http://127.0.0.1:{server.server_port}"
        yield self
        server.shutdown()
        server.server_close()
