"""Whether the folder of files takes files."""

from data.engine import Store


def takes_files(store: Store) -> bool:
    """Whether a file can be written there."""
    try:
        store.files.mkdir(parents=True, exist_ok=True)
        probe = store.files / ".ready"
        probe.write_bytes(b"ok")
        probe.unlink(missing_ok=True)  # another may look at the same time
    except OSError:
        return False
    return True
