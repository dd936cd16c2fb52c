# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# shellcheck disable=SC2154 # common.sh has them
#
# What the module costs those who have nothing to do with it: frames that come in, and
# addresses of other links. Theirs is without the module.
#
#   w0, 10.250.255.254/16, watched ---- lan, in the netns `station`

# ask ROW COUNT STATIONS ADDRESS: so many requests of so many stations
ask()
{
	ip neigh flush dev w0 2>/dev/null
	ns=station took "$1" arp lan "${@:2}"
}

beside_vips()
{
	if [ "$side" = ours ]; then
		modprobe ipvsdummy
	elif [ -d /sys/module/ipvsdummy ]; then
		rmmod ipvsdummy
	fi
	new_link
	[ "$side" = theirs ] || ipvsdummyctl watch add w0
	bind "$1"
	ask "ARP, none ours" 20000 1000 10.250.99.99
	ask "ARP, all ours" 20000 1000 172.16.0.1
	ask "ARP, all ours, forged" 20000 20000 172.16.0.1
	took "addresses of pods" churn pod $pods 3
	took "pods" run ip -batch /tmp/pods
	[ "$side" = theirs ] || ipvsdummyctl watch del w0
	del_link
}

wire_rows()
{
	local i

	ip netns add station
	ip link add w0 type veth peer name lan netns station
	ip -n station link set lan up
	ip link set w0 up
	ip addr add 10.250.255.254/16 dev w0
	# spares both the walk through a chain of addresses with which the kernel
	# tells whether the sender is its own, and whose length is random
	sysctl -q net.ipv4.conf.w0.accept_local=1
	for ((i = 0; i < 100; i++)); do
		echo "link add new$i type veth peer name eth0 netns pods"
		echo "addr add 10.244.9.$i/32 dev new$i"
		echo "link set new$i up"
		echo "link del new$i"
	done >/tmp/pods

	row "ARP, none ours" ">= 0.97" "no module"
	row "ARP, all ours" ">= 0.90" "no module"
	row "ARP, all ours, forged" "" "no module"
	row "addresses of pods" "<= 1.01" "no module" "$alone"
	row "pods" "" "no module" cpu
	alternate "${rounds[$middle]}" beside_vips "$middle"
	ip link del w0
	ip netns del station
	modprobe ipvsdummy
}
