/** A substitute for the cluster's DNS on one machine; part of the runtimes' class path. */
package dev.voting.local.names;
