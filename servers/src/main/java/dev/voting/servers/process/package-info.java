/** Running somebody else's program as a child process: its files, its life, its end. */
package dev.voting.servers.process;
