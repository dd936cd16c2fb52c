// SPDX-License-Identifier: GPL-2.0
/* What users write: the first line of the input is a command line, the rest is in
 * each file that it names, and on standard input. The kernel answers plainly.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz-tool.h"

int fuzz_one(const uint8_t *bytes, size_t len)
{
	const uint8_t *end = memchr(bytes, '\n', len);
	struct fuzz fuzz = {};
	const uint8_t *c;
	char *command;

	if (!end)
		return 0;
	/* What it does not know getopt() says as it is, to who wrote it */
	for (c = bytes; c < end; c++)
		if (*c < ' ' || *c > '~')
			return 0;
	command = strndup((const char *)bytes, end - bytes);
	if (!command)
		abort();
	fuzz.command = command;
	fuzz.json = !strncmp(command, "ctl -j ", 7) && !strstr(command, "-b");
	fuzz.file = end + 1;
	fuzz.file_len = len - (end + 1 - bytes);
	fuzz_run(&fuzz);
	free(command);
	return 0;
}
