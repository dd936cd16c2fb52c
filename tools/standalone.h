/* SPDX-License-Identifier: GPL-2.0 */
/* Judging in user space, where there is no module to ask. */
#ifndef IPVSDUMMY_STANDALONE_H
#define IPVSDUMMY_STANDALONE_H

#include "record.h"

struct standalone;

struct standalone *standalone_open(const char *dev);
void standalone_set_mode(struct standalone *alone, uint32_t mode);
void standalone_set_action(struct standalone *alone, uint32_t class,
			   uint32_t action);
void standalone_judge(const struct standalone *alone,
		      const struct blob *address, struct record *verdict);
void standalone_close(struct standalone *alone);

#endif
