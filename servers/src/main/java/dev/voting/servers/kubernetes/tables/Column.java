package dev.voting.servers.kubernetes.tables;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.function.Function;

/**
 * A column of what {@code kubectl get} prints.
 *
 * @param priority 0 is always shown, 1 only with {@code -o wide}
 */
record Column(String name, int priority, Function<ObjectNode, String> cell) {}
