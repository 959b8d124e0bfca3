/** The page's files and the rules by which they are served, for nginx and for the local node. */
package dev.voting.operator.blueprint.page;
