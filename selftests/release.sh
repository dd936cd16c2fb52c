#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# VM: timeout=400
#
# What is done before the packages go: in every network namespace a dummy in the place
# of every link, with its addresses, and no module.
. "$(dirname "$0")/common.sh"

[ -x /vm/ipvsdummy-link ] || skip_all "not in the VM"

setup()
{
	trap 'cleanup; modprobe ipvsdummy' EXIT
	ns=''
	new_link ipvsdummy $dev
	expect vip_add 10.1.0.1/32
}

# is_released COMMAND...: what that command leads to has a dummy with the address
is_released()
{
	"$@" ip -o link show $dev type dummy | grep -q . || fail "no dummy: $*"
	"$@" ip -o addr show $dev | grep -q ' 10\.1\.0\.1/32 ' ||
		fail "no address: $*"
}

gone()
{
	[ ! -e "$1" ]
}

# hold COMMAND...: runs in the background, in a namespace of its own with a link; its
# process is in $holder
hold()
{
	new_netns
	new_link ipvsdummy $dev
	expect vip_add 10.1.0.1/32
	# no function in the background: its child would outlive it
	ip netns exec "$ns" "$@" &
	holder=$!
	followers+=" $holder"
	wait_for runs "$holder" sleep
}

runs()
{
	[ "$(cat "/proc/$1/comm")" = "$2" ]
} 2>/dev/null

# It has a name no more
forget_name()
{
	ip netns del "$ns"
	namespaces=${namespaces% *}
}

# around PROGRAM COMMANDS: these are run before the program
around()
{
	local program

	program=$(command -v "$1")
	mkdir "$tmp/bin"
	cat >"$tmp/bin/$1" <<-EOF
		#!/bin/bash
		$2
		exec $program "\$@"
	EOF
	chmod 755 "$tmp/bin/$1"
	PATH=$tmp/bin:$PATH
}

release_all()
{
	expect /vm/ipvsdummy-link release
	gone /sys/module/ipvsdummy || fail "the module is there"
}

# Where all that leads to a namespace is its name, a process, a file that is open, or
# a name in another mount namespace
test_everywhere()
{
	local named running mounted file

	setup
	hold sleep infinity
	named=$ns
	hold sleep infinity
	running=$holder
	forget_name
	hold sleep infinity
	exec {file}<"/run/netns/$ns"
	kill "$holder"
	wait "$holder"
	forget_name
	hold unshare --mount sh -c 'touch "$1" &&
		mount --bind /proc/self/ns/net "$1" &&
		exec nsenter --net=/proc/1/ns/net sleep infinity' - "$tmp/name"
	mounted=$holder
	forget_name

	release_all
	is_released env
	is_released ip netns exec "$named"
	is_released nsenter --net="/proc/$running/ns/net"
	is_released nsenter --net="/proc/self/fd/$file"
	is_released nsenter --net="/proc/$mounted/root$tmp/name"
}

# Of two processes the one that is looked at ends
test_process_ends()
{
	local other

	setup
	hold sleep infinity
	other=$holder
	ip netns exec "$ns" sleep infinity &
	followers+=" $!"
	wait_for runs $! sleep
	forget_name
	around nsenter "for pid in $other $!; do
		[[ ! -e $tmp/ran && \$1 == */proc/\$pid/* ]] || continue
		: >$tmp/ran
		kill -KILL \$pid
		while [ -e /proc/\$pid/ns/net ]; do :; done
	done"
	release_all
	[ -e "$tmp/ran" ] || fail "nobody was looked at"
	[ -e "/proc/$other/ns/net" ] || other=$!
	is_released nsenter --net="/proc/$other/ns/net"
}

# A namespace that comes when all have been listed
test_comes_late()
{
	setup
	ns=ipvsd-$$-late
	namespaces+=" $ns"
	around nsenter "if [ ! -e $tmp/ran ]; then
		: >$tmp/ran
		ip netns add $ns
		ip -n $ns link add $dev type ipvsdummy
		ip -n $ns addr add 10.1.0.1/32 dev $dev
	fi"
	release_all
	is_released ip netns exec "$ns"
}

# What cannot be released stays, which is said once, and so does the module
test_fails()
{
	local said

	setup
	around ipvsdummyctl "echo no >&2; exit 2"
	said=$(/vm/ipvsdummy-link release 2>&1) && fail "released"
	equal no "$said" reason
	[ -e /sys/module/ipvsdummy ] || fail "no module"
}

run_all test_everywhere test_process_ends test_comes_late test_fails
