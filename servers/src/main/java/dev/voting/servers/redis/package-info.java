/** A real Redis as a child process, found on this machine or delivered by Maven. */
package dev.voting.servers.redis;
