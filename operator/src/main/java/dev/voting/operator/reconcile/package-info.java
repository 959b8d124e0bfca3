/**
 * Makes a cluster agree with a blueprint. Nothing here knows what any single object is for: it
 * applies what the blueprint holds, prunes what it holds no longer, watches, and reports.
 */
package dev.voting.operator.reconcile;
