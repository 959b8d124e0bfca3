package dev.voting.local.controllers;

import java.time.Duration;
import java.util.Optional;

/** Reconciles the objects of one kind, one step at a time. */
interface Controller {

  /**
   * Compares one object with the observed state and takes the next step. Called again after every
   * change of the object or of what it owns.
   *
   * @return when to reconcile again without a change, if at all
   */
  Optional<Duration> reconcile(String namespace, String name);

  /** How long to collect changes of owned objects before a reconciliation. */
  default Duration batch() {
    return Duration.ZERO;
  }
}
