package dev.voting.servers.kubernetes.write;

import dev.voting.servers.kubernetes.store.StoredObject;
import java.util.List;

/** What a write left, and whether it made it. */
public record Written(StoredObject object, boolean created, List<String> warnings) {}
