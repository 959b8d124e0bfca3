/** A real PostgreSQL as a child process, from binaries that Maven delivers. */
package dev.voting.servers.postgres;
