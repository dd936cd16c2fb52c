# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# shellcheck disable=SC2154 # common.sh has them
#
# The way back, with the most VIPs: the kernel walks through all of them for each one,
# twice, so some will do. And frames that are sent into the link.

# of COUNT VIPs
teardown()
{
	new_link
	bind "$1"
	took "unbind 1000 of $1" del vips 1000
	took "flush 2048 of $1" run ip addr flush dev vips to 172.16.8.0/21
	took "delete with $1" run ip link del vips
}

teardown_rows()
{
	row "unbind 1000 of $largest" "<= 1.03" dummy "$alone"
	row "flush 2048 of $largest" "<= 1.03" dummy "$alone"
	row "delete with $largest" "<= 1.03" dummy "$alone"
	alternate "${rounds[$largest]}" teardown "$largest"
}

# send CPUS
send_once()
{
	new_link
	ip link set vips up
	took "send, $1 CPU" send vips "$1" "$frames"
	del_link
}

send_rows()
{
	local cpus frames=200000

	[ -z "$INSNS" ] || frames=20000

	for ((cpus = 1; cpus <= $(nproc) && cpus <= 2; cpus++)); do
		row "send, $cpus CPU" ">= 0.99" dummy
		alternate "$short" send_once "$cpus"
	done
}
