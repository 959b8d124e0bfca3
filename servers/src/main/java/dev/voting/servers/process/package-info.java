/** Running a program as a child process: its files, start and end. */
package dev.voting.servers.process;
