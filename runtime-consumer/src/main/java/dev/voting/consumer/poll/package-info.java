/** The program that puts a poll in force, and ends. */
package dev.voting.consumer.poll;
