/* SPDX-License-Identifier: GPL-2.0 */
/* Files of words: one command a line. */
#ifndef IPVSDUMMY_LINES_H
#define IPVSDUMMY_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "fail.h"
#include "record.h"

#define LINES_WORD	(RECORD_STRING + 2)	/* of a name, with its quotes */

/**
 * struct lines - a file that is being read
 * @place: name of the file, "-" for standard input, and the line read last
 * @file: the file
 * @error: why it could not be read to its end, or 0
 * @text: that line, taken apart
 * @text_room: how long it can be
 * @word: its words
 * @count: their number
 * @word_room: how many there can be
 */
struct lines {
	struct place place;
	FILE *file;
	int error;
	char *text;
	size_t text_room;
	char **word;
	int count;
	int word_room;
};

bool lines_open(struct lines *lines, const char *file);
int lines_next(struct lines *lines);
bool lines_close(struct lines *lines);
bool lines_each(const char *file,
		bool (*read)(void *data, const struct lines *lines),
		void *data);
const char *lines_word(char dst[static LINES_WORD], const char *name);

#endif
