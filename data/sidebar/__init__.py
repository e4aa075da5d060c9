"""`/sidebar/wecom`: WeCom's chat side bar asks whose chat it stands beside, and opens that customer (F3)."""
