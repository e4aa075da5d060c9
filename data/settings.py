"""Configuration of the machine: environment variables `FIREBREAK_*`, nothing else."""

from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What the operator sets from outside; everything else is policy and lives in the store."""

    model_config = SettingsConfigDict(env_prefix="FIREBREAK_")

    database_url: str = "sqlite:///var/firebreak.db"
    read_url: str | None = None
    files_dir: Path = Path("var/files")
    session_hours: int = 12
    trusted_proxies: int = 0
    worker: Literal["embedded", "none"] = "embedded"
    public_url: str = ""
    smtp_url: str | None = None
    mail_from: str | None = None
    webhook_url: str | None = None
    webhook_secret: str | None = None
    webhook_loopback: bool = False  # webhooks may lead to this machine itself, also without TLS
    robot_hosts: str = ""  # hosts of private chat installations that robots may be on, by commas
    wecom_corp_id: str | None = None  # with the next two: WeCom's side bar tells whose chat it is
    wecom_agent_id: str | None = None
    wecom_secret: str | None = None
    wecom_api: str = "https://qyapi.weixin.qq.com"
    dingtalk_app_key: str | None = None  # with the secret: DingTalk's side bar; with the template: groups
    dingtalk_secret: str | None = None
    dingtalk_corp_id: str | None = None
    dingtalk_agent_id: str | None = None
    dingtalk_template: str | None = None  # of the scene group that rooms get
    dingtalk_robot: str | None = None  # its robot's code, where it is not the application's key
    dingtalk_api: str = "https://api.dingtalk.com"
    feishu_app_id: str | None = None
    feishu_secret: str | None = None
    feishu_api: str = "https://open.feishu.cn"
    room_groups: Literal["wecom", "dingtalk", "feishu"] | None = None  # where rooms get a group
    speech: str | None = None  # whisper:FOLDER, sensevoice:FOLDER, or a service's address
    speech_key: str | None = None
    speech_model: str = "whisper-1"  # as the service calls it
    log: Literal["text", "json"] = "text"
    log_level: str = "INFO"
    slow_ms: int = 500  # SQL statements from so many milliseconds on are logged
    prometheus_token: str | None = None  # /prometheus answers to it; without, there is no /prometheus
    oidc_metadata_url: str | None = None
    oidc_client_id: str | None = None
    oidc_client_secret: str | None = None
    oidc_redirect_uri: str | None = None  # ends in /oauth2callback
    oidc_name: str = "OpenID"

    @property
    def single_sign_on(self) -> bool:
        """Whether an identity provider is configured."""
        return None not in (
            self.oidc_metadata_url,
            self.oidc_client_id,
            self.oidc_client_secret,
            self.oidc_redirect_uri,
        )


@lru_cache
def settings() -> Settings:
    """The settings of this process, read once."""
    return Settings()
