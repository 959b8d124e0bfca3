/**
 * The verbs that write: what a client sent is checked, admitted, and kept if nobody was quicker.
 */
package dev.voting.servers.kubernetes.write;
