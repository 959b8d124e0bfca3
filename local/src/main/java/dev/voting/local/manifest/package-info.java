/**
 * The file that a command is given: what it holds, and what of it is invalid or not possible here.
 */
package dev.voting.local.manifest;
