-- How many connections each component may have at once, from the replicas of the VotingApp.
ALTER ROLE voting_api CONNECTION LIMIT ${api};
ALTER ROLE voting_api_b CONNECTION LIMIT ${api};
ALTER ROLE voting_consumer CONNECTION LIMIT ${consumer};
ALTER ROLE voting_consumer_b CONNECTION LIMIT ${consumer};
