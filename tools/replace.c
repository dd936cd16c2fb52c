// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "replace.h"

/**
 * replace_begin - begin to write a file anew
 * @replace: filled in
 * @file: its name; whoever reads it meanwhile reads the old one
 *
 * The new one has always the same name, so that no more than one is left behind.
 *
 * Return: 0 or a negative errno.
 */
int replace_begin(struct replace *replace, const char *file)
{
	int fd, err;

	replace->file = file;
	if (snprintf(replace->new, sizeof(replace->new), "%s.new", file) >=
	    (int)sizeof(replace->new))
		return -ENAMETOOLONG;
	fd = open(replace->new,
		  O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (fd < 0)
		return -errno;
	/* Whatever the umask is: other users' programs read it */
	replace->out = fchmod(fd, 0644) ? NULL : fdopen(fd, "w");
	if (!replace->out) {
		err = -errno;
		close(fd);
		unlink(replace->new);
		return err;
	}
	return 0;
}

/**
 * replace_end - put the new file in the place of the old one
 * @replace: begun, and written to
 *
 * Return: 0 or a negative errno; then the old file is as it was.
 */
int replace_end(struct replace *replace)
{
	int err = ferror(replace->out) ? -EIO : 0;

	if (fclose(replace->out))
		err = -errno;
	if (!err && rename(replace->new, replace->file))
		err = -errno;
	if (err)
		unlink(replace->new);
	return err;
}
