/**
 * The connections themselves, which Helidon's HTTP is spoken on: how many there may be, how long
 * each may take and how much memory its requests, a good end for all of them, and the streams of
 * events, which are sent by one thread. What Helidon's own listener cannot do; see ADR 23.
 */
package dev.voting.api.connections;
