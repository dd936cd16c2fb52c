/* SPDX-License-Identifier: GPL-2.0 */
/* Waiting that a signal ends. */
#ifndef IPVSDUMMY_WAITING_H
#define IPVSDUMMY_WAITING_H

#include <poll.h>
#include <stdbool.h>

int waiting_init(void (*callback)(void *data), void *data);
int waiting_for(struct pollfd *fds, nfds_t count, int timeout);
bool waiting_is_over(void);

#endif
