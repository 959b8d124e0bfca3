/** The operator as a process: its start, its end, its lease and its retries. */
package dev.voting.operator.run;
