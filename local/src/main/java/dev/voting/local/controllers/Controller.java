package dev.voting.local.controllers;

import java.time.Duration;
import java.util.Optional;

/** Brings the objects of one kind to what they ask for, one step at a time. */
interface Controller {

  /**
   * Compares one object with the world and makes the next step. Called again after every change of
   * the object or of what it owns.
   *
   * @return when to look again although nothing has changed, if at all
   */
  Optional<Duration> reconcile(String namespace, String name);

  /** For how long changes of what its objects own are gathered before it looks at them. */
  default Duration batch() {
    return Duration.ZERO;
  }
}
