LISTEN votes
