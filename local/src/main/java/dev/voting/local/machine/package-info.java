/** This machine's files, browser and terminal. */
package dev.voting.local.machine;
