/** Holds the files of the folder deploy against the code. */
package dev.voting.operator.deploy;
