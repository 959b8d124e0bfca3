/** What the environment sets, and the errors that end the process. */
package dev.voting.consumer.settings;
