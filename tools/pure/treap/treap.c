// SPDX-License-Identifier: GPL-2.0
#include <linux/rbtree.h>

static struct rb_node **slot_of(const struct rb_node *node,
				struct rb_root *root)
{
	struct rb_node *parent = node->parent;

	if (!parent)
		return &root->rb_node;
	return parent->rb_left == node ? &parent->rb_left : &parent->rb_right;
}

/* The node and its parent change places */
static void rotate_up(struct rb_node *node, struct rb_root *root)
{
	struct rb_node *parent = node->parent, **inner, **outer;
	struct rb_node **slot = slot_of(parent, root);

	inner = parent->rb_left == node ? &node->rb_right : &node->rb_left;
	outer = parent->rb_left == node ? &parent->rb_left : &parent->rb_right;
	*outer = *inner;
	if (*outer)
		(*outer)->parent = parent;
	*inner = parent;
	node->parent = parent->parent;
	parent->parent = node;
	*slot = node;
}

void rb_insert_color(struct rb_node *node, struct rb_root *root)
{
	node->weight = random();
	while (node->parent && node->parent->weight < node->weight)
		rotate_up(node, root);
}

void rb_erase(struct rb_node *node, struct rb_root *root)
{
	struct rb_node *left, *right, *child;

	while (node->rb_left && node->rb_right) {
		left = node->rb_left;
		right = node->rb_right;
		rotate_up(left->weight > right->weight ? left : right, root);
	}
	child = node->rb_left ? node->rb_left : node->rb_right;
	*slot_of(node, root) = child;
	if (child)
		child->parent = node->parent;
}

struct rb_node *rb_next(const struct rb_node *node)
{
	struct rb_node *next = node->rb_right;

	if (next) {
		while (next->rb_left)
			next = next->rb_left;
		return next;
	}
	while (node->parent && node->parent->rb_right == node)
		node = node->parent;
	return node->parent;
}

static struct rb_node *deepest(struct rb_node *node)
{
	while (node->rb_left || node->rb_right)
		node = node->rb_left ? node->rb_left : node->rb_right;
	return node;
}

struct rb_node *rb_first_postorder(const struct rb_root *root)
{
	return root->rb_node ? deepest(root->rb_node) : NULL;
}

struct rb_node *rb_next_postorder(const struct rb_node *node)
{
	struct rb_node *parent = node->parent;

	if (parent && parent->rb_left == node && parent->rb_right)
		return deepest(parent->rb_right);
	return parent;
}
