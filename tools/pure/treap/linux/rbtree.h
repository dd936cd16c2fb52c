/* SPDX-License-Identifier: GPL-2.0 */
/* A treap under the names of the kernel's red-black tree: balanced by chance. */
#ifndef _TREAP_LINUX_RBTREE_H
#define _TREAP_LINUX_RBTREE_H

#include <linux/kernel.h>
#include <stdlib.h>

/**
 * struct rb_node - a node
 * @rb_left: what comes before
 * @rb_right: what comes behind
 * @parent: NULL at the root
 * @weight: random, not over the parent's
 */
struct rb_node {
	struct rb_node *rb_left;
	struct rb_node *rb_right;
	struct rb_node *parent;
	long weight;
};

struct rb_root {
	struct rb_node *rb_node;
};

#define RB_ROOT			((struct rb_root) { NULL })
#define RB_EMPTY_ROOT(root)	(!(root)->rb_node)

#define rb_entry(ptr, type, member)	container_of(ptr, type, member)
#define rb_entry_safe(ptr, type, member) ({				\
	struct rb_node *_ptr = (ptr);					\
									\
	_ptr ? rb_entry(_ptr, type, member) : NULL;			\
})

void rb_insert_color(struct rb_node *node, struct rb_root *root);
void rb_erase(struct rb_node *node, struct rb_root *root);
struct rb_node *rb_next(const struct rb_node *node);
struct rb_node *rb_first_postorder(const struct rb_root *root);
struct rb_node *rb_next_postorder(const struct rb_node *node);

static inline void rb_link_node(struct rb_node *node, struct rb_node *parent,
				struct rb_node **slot)
{
	*node = (struct rb_node) { .parent = parent };
	*slot = node;
}

#define rbtree_postorder_for_each_entry_safe(pos, n, root, member)	\
	for (pos = rb_entry_safe(rb_first_postorder(root),		\
				 __typeof__(*pos), member);		\
	     pos && ({							\
		n = rb_entry_safe(rb_next_postorder(&pos->member),	\
				  __typeof__(*pos), member);		\
		1; });							\
	     pos = n)

#endif
