/* SPDX-License-Identifier: GPL-2.0 */
/* kvcalloc() is in slab.h */
