SELECT coalesce(sum(count) FILTER (WHERE option = 'cats'), 0)::BIGINT AS cats,
       coalesce(sum(count) FILTER (WHERE option = 'dogs'), 0)::BIGINT AS dogs,
       max(updated_at) AS last_updated
  FROM get_vote_results()
