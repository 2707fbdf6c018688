package main

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"syscall"
)

// Names the process that starts this one, when it wants this one to die with it.
const parentVariable = "GAMEZONE_DIE_WITH"

// The kernel keeps the wish with the thread that uttered it, and only the first thread lives as long as the process.
func init() { runtime.LockOSThread() }

// dieWithParent makes the kernel kill this process when its parent ends in whatever way, kill -9 included.
func dieWithParent() error {
	defer runtime.UnlockOSThread()
	parent, isAsked := os.LookupEnv(parentVariable)
	if !isAsked {
		return nil
	}
	os.Unsetenv(parentVariable)
	pid, err := strconv.Atoi(parent)
	if err != nil {
		return fmt.Errorf("%s is %q; give the process id of the parent", parentVariable, parent)
	}
	if _, _, errno := syscall.RawSyscall(syscall.SYS_PRCTL, syscall.PR_SET_PDEATHSIG, uintptr(syscall.SIGKILL), 0); errno != 0 {
		return fmt.Errorf("asking to die with the parent: %w", errno)
	}
	// It may have ended before the wish was uttered.
	if os.Getppid() != pid {
		return fmt.Errorf("the parent, process %d, is gone", pid)
	}
	return nil
}
