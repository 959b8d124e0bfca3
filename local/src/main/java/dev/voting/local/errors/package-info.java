/** How a command fails: with a message for the user, and an exit code. */
package dev.voting.local.errors;
