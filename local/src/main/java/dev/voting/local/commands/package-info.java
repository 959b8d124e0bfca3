/** The commands, one class each. */
package dev.voting.local.commands;
