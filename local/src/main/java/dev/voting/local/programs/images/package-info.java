/** Which program stands for an image: the runtimes', the page's or a server's. */
package dev.voting.local.programs.images;
