/* SPDX-License-Identifier: GPL-2.0 */
/* Files of words: one command a line. */
#ifndef IPVSDUMMY_LINES_H
#define IPVSDUMMY_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/**
 * struct lines - a file that is being read
 * @name: of the file, "-" for standard input
 * @file: the file
 * @error: why it could not be read to its end, or 0
 * @number: of the line read last, from 1 on
 * @text: that line, taken apart
 * @text_room: how long it can be
 * @word: its words
 * @count: their number
 * @word_room: how many there can be
 */
struct lines {
	const char *name;
	FILE *file;
	int error;
	size_t number;
	char *text;
	size_t text_room;
	char **word;
	int count;
	int word_room;
};

bool lines_open(struct lines *lines, const char *name);
int lines_next(struct lines *lines);
bool lines_close(struct lines *lines);

#endif
