// SPDX-License-Identifier: GPL-2.0
#include <../lib/rbtree.c>	/* the kernel's own */
