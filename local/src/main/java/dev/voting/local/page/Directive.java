package dev.voting.local.page;

import java.util.List;
import java.util.Optional;

/**
 * One directive of an nginx.conf.
 *
 * @param block what stands between its braces; empty when it ends with a semicolon
 */
record Directive(String name, List<String> arguments, List<Directive> block) {

  String argument(int index) {
    return arguments.get(index);
  }

  List<Directive> all(String wanted) {
    return block.stream().filter(directive -> directive.name().equals(wanted)).toList();
  }

  Optional<Directive> first(String wanted) {
    return block.stream().filter(directive -> directive.name().equals(wanted)).findFirst();
  }
}
