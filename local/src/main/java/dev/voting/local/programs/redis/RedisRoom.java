package dev.voting.local.programs.redis;

import static java.util.stream.Collectors.toMap;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Whether Redis accepts votes: what room.sh checks in a pod. */
final class RedisRoom {
  private RedisRoom() {}

  static boolean isLeft(RedisUsers users, int port, Optional<RedisTrust> trust, Duration patience) {
    try (RedisConversation redis = RedisConversation.with(port, trust, patience)) {
      redis.ask(List.of("AUTH", RedisUsers.PROBE, users.password(RedisUsers.PROBE)));
      // Refused exactly when a vote is; otherwise it does nothing, as the stream does not exist.
      String answer = redis.ask(List.of("XADD", "room", "NOMKSTREAM", "*", "option", "none"));
      return answer.equals("$-1") && !isNearlyFull(redis.askText(List.of("INFO", "memory")));
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean isNearlyFull(String info) {
    Map<String, String> is =
        info.lines()
            .map(line -> line.split(":", 2))
            .filter(pair -> pair.length == 2)
            .collect(toMap(pair -> pair[0], pair -> pair[1]));
    long most = Long.parseLong(is.get("maxmemory"));
    return is.get("maxmemory_policy").equals("noeviction")
        && most > 0
        && Long.parseLong(is.get("used_memory")) * 100 > most * 99;
  }
}
