/** Where objects are kept and found, their history for watches, and what follows from deletions. */
package dev.voting.servers.kubernetes.store;
