// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lines.h"

/**
 * lines_open - begin to read a file
 * @lines: filled in; what is said from now on is about its lines
 * @file: its name, "-" for standard input; kept
 *
 * Return: whether it can be read; if not it has been said.
 */
bool lines_open(struct lines *lines, const char *file)
{
	*lines = (struct lines) { .place.file = file };
	lines->file = strcmp(file, "-") ? fopen(file, "re") : stdin;
	if (!lines->file) {
		fail(file, "%s", strerror(errno));
		return false;
	}
	fail_enter(&lines->place);
	return true;
}

static bool add_word(struct lines *lines, char *word)
{
	char **more;
	int room;

	if (lines->count == lines->word_room) {
		room = lines->word_room ? 2 * lines->word_room : 16;
		more = reallocarray(lines->word, room, sizeof(*more));
		if (!more) {
			fail(NULL, "out of memory");
			return false;
		}
		lines->word = more;
		lines->word_room = room;
	}
	lines->word[lines->count++] = word;
	return true;
}

/* As ip does, but that a # in a word or in quotes begins no comment */
static bool split(struct lines *lines)
{
	static const char space[] = " \t\r";
	char *word, *c = lines->text;
	char quote;

	lines->count = 0;
	for (;;) {
		c += strspn(c, space);
		if (!*c || *c == '#')
			return true;
		if (*c == '"' || *c == '\'') {
			quote = *c++;
			word = c;
			c = strchr(c, quote);
			if (!c) {
				fail(word, "begins with a quote, does not end so");
				return false;
			}
		} else {
			word = c;
			c += strcspn(c, space);
		}
		if (*c)
			*c++ = '\0';
		if (!add_word(lines, word))
			return false;
	}
}

/**
 * lines_next - read the next line that has words
 * @lines: a file
 *
 * Return: 1, 0 if there is none, or -1 when it is a bad one, which has been
 * said; the next one may be better.
 */
int lines_next(struct lines *lines)
{
	ssize_t len;

	while ((len = getline(&lines->text, &lines->text_room,
			      lines->file)) >= 0) {
		lines->place.line++;
		if (strlen(lines->text) != (size_t)len) {
			fail(lines->text, "followed by a zero byte");
			return -1;
		}
		lines->text[strcspn(lines->text, "\n")] = '\0';
		if (!split(lines))
			return -1;
		if (lines->count)
			return 1;
	}
	lines->error = ferror(lines->file) ? errno : 0;
	return 0;
}

/**
 * lines_close - finish reading
 * @lines: opened by lines_open()
 *
 * Return: whether all of the file could be read; if not it has been said.
 */
bool lines_close(struct lines *lines)
{
	fail_leave(&lines->place);
	if (lines->error)
		fail(lines->place.file, "%s", strerror(lines->error));
	if (lines->file != stdin)
		fclose(lines->file);
	free(lines->text);
	free(lines->word);
	return !lines->error;
}

/**
 * lines_each - read a file, line by line, as long as all is well
 * @file: its name, "-" for standard input
 * @read: what reads a line: whether it is a good one; what is not it has said
 * @data: its first argument
 *
 * Return: whether all is well; what is not has been said.
 */
bool lines_each(const char *file,
		bool (*read)(void *data, const struct lines *lines), void *data)
{
	struct lines lines;
	bool good = true;
	int more;

	if (!lines_open(&lines, file))
		return false;
	while (good && (more = lines_next(&lines)))
		good = more > 0 && read(data, &lines);
	good &= lines_close(&lines);
	return good;
}

/**
 * lines_word - quote a name, if need be
 * @dst: where to, as lines_next() reads it
 * @name: the name; there is no space in one, so that only its first character
 *	can be mistaken
 *
 * Return: @dst.
 */
const char *lines_word(char dst[static LINES_WORD], const char *name)
{
	const char *quote = "";

	if (strchr("\"'#", *name))
		quote = strchr(name, '"') ? "'" : "\"";
	sprintf(dst, "%s%s%s", quote, name, quote);
	return dst;
}
