/** Brings volumes and StatefulSets to what cannot change in them. */
package dev.voting.operator.steps.storage;
