# tries: to write every kernel setting, each with its own value
# holds: none takes a value
# expect: failed

import os

won = []
for folder, _, names in os.walk("/proc/sys"):
    for name in names:
        try:
            setting = os.open(os.path.join(folder, name), os.O_RDWR)
            os.write(setting, os.read(setting, 4096))
            won.append(name)
        except OSError:
            pass
for name in ("sysrq-trigger", "irq/default_smp_affinity", "mtrr", "timer_list", "scsi/scsi"):
    try:
        os.close(os.open(f"/proc/{name}", os.O_WRONLY))
        won.append(name)
    except OSError:
        pass


def solve(x):
    return x * x if won else None
