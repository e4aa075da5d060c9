"""`/sidebar/…`: a chat tool's side bar asks whose chat it stands beside, and opens that customer (F3)."""
