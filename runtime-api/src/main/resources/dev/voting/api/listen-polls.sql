LISTEN polls
