/* SPDX-License-Identifier: GPL-2.0 */
/* Errors: one line on stderr, exit code 2. */
#ifndef IPVSDUMMY_FAIL_H
#define IPVSDUMMY_FAIL_H

#include <stddef.h>

#define EXIT_ERROR	2

/**
 * struct place - a line that something may be wrong in
 * @file: name of the file
 * @line: number of the line, 0 before the first
 * @outer: the line that made the file be read, or NULL
 */
struct place {
	const char *file;
	size_t line;
	const struct place *outer;
};

int begin(void);
void fail_enter(struct place *place);
void fail_leave(struct place *place);
int fail(const char *word, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
int fail_absent(void);
int finish(int exit_code);

#endif
