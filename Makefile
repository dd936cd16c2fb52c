# SPDX-License-Identifier: GPL-2.0
#
# Each target installs the Debian packages that it needs, if root calls it.

VERSION := $(shell sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' dkms.conf)
KDIR ?= /lib/modules/$(shell uname -r)/build

module := kmod/ipvsdummy.ko
# The kernel that the module was built for
release = $(shell modinfo -F vermagic $(module) | cut -d' ' -f1)
updates = $(DESTDIR)/lib/modules/$(1)/updates

all: tools $(if $(wildcard $(KDIR)),modules)
	$(if $(wildcard $(KDIR)),,@echo "No module: no kernel headers in $(KDIR)")

packages:
	@selftests/packages build

modules: packages
	$(MAKE) -C $(KDIR) M=$(CURDIR) IPVSDUMMY_VERSION=$(VERSION) modules

tools: packages
	$(MAKE) -C tools IPVSDUMMY_VERSION=$(VERSION)

install: tools
	$(MAKE) -C tools install
	$(MAKE) -C deploy/systemd install
ifneq ($(wildcard $(module)),)
	install -D -m 644 -t $(call updates,$(release)) $(module)
	$(if $(DESTDIR),,depmod $(release))
endif

# A link outlives it as a dummy.
uninstall:
	$(if $(DESTDIR),,-deploy/systemd/ipvsdummy-link release)
	$(MAKE) -C deploy/systemd uninstall
	$(MAKE) -C tools uninstall
	rm -f $(call updates,*)/ipvsdummy.ko
	$(foreach dir,$(wildcard $(call updates,*)),\
		rmdir --ignore-fail-on-non-empty $(dir);)
	$(if $(DESTDIR),,for dir in /lib/modules/*; do depmod $${dir##*/}; done)

demo:
	@selftests/demo/run

check:
	@selftests/check

check-load:
	@selftests/check load

check-follow:
	@selftests/check follow

check-kernels:
	@selftests/check-kernels $(SUITES)

check-debug:
	@KERNEL=$${KERNEL:-debug} selftests/check

check-faults:
	@KERNEL=debug selftests/check faults

check-churn:
	@selftests/check churn

HOURS ?= 1
soak:
	@SCALE=$$((12 * $(HOURS))) selftests/check soak

MINUTES ?= 60
fuzz:
	@selftests/fuzz-long $(MINUTES)

coverage:
	@selftests/coverage

check-install:
	@selftests/install/run

check-deploy:
	@selftests/deploy/run

check-holders:
	@selftests/holders/run $(SCENARIOS)

shell:
	@selftests/vm/run --shell

bench:
	@selftests/bench/run

clean:
	$(MAKE) -C tools clean
	$(MAKE) -C selftests clean
	rm -f kmod/*.ko kmod/*.o kmod/*.mod kmod/*.mod.c kmod/.*.cmd
	rm -rf deploy/image/out
	rm -f .*.cmd modules.order kmod/modules.order Module.symvers

.PHONY: all packages modules tools install uninstall
.PHONY: demo check check-load check-follow check-kernels check-debug check-faults
.PHONY: check-churn soak fuzz coverage
.PHONY: check-install check-deploy check-holders shell bench clean
