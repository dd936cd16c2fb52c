# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# shellcheck disable=SC2034 # for those who source this
#
# What the tests share that are about a user without any privilege: he may make
# namespaces of his own, if the system lets him.
#
#   initial netns, root's           netns $ns, of the user namespace of a user
#                                   w0 (veth, watched) ---- w0p
#                                   kube-ipvs0 (ipvsdummy)
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

group=()
user=(setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all)

"${user[@]}" unshare --user --map-root-user --net true 2>/dev/null ||
	skip_all "no user namespaces for users"

# as_owner COMMAND...: in the user's namespaces, by himself
as_owner()
{
	"${group[@]}" "${user[@]}" nsenter --user="/proc/$owner/ns/user" \
		--net="/proc/$owner/ns/net" --preserve-credentials "$@"
}

moved_in()
{
	[ "$(readlink "/proc/$1/ns/net")" != "$(readlink /proc/self/ns/net)" ] &&
		[ "$(cat "/proc/$1/comm")" = sleep ]
} 2>/dev/null

# users_netns: namespaces of a user's, in $owner for him and in $ns for those who
# look in; $group is before every command of his
users_netns()
{
	# no function in the background: its child would outlive it
	"${group[@]}" "${user[@]}" unshare --user --map-root-user --net \
		sleep infinity &
	owner=$!
	followers+=" $owner"
	wait_for moved_in $owner
	ns=ipvsd-$$-$RANDOM
	ip netns attach $ns $owner || fail "no netns"
	namespaces+=" $ns"
}

# A link of his, and what addresses of 10.1.0.0/16 are in conflict with
users_link()
{
	expect as_owner ip link add $dev type ipvsdummy
	expect as_owner ip link add w0 type veth peer name w0p
	expect as_owner ipvsdummyctl watch add w0
	expect as_owner ip addr add 10.1.0.1/16 dev w0
}

# vips add|del FIRST LAST [DEV]: lines for ip -batch, addresses of 10.1.0.0/16
vips()
{
	seq "$2" "$3" | awk '{ printf "addr %s 10.1.%d.%d/32 dev %s\n", word,
		$1 / 256, $1 % 256, dev }' word="$1" dev="${4:-$dev}"
}
