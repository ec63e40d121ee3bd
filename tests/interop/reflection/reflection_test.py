"""Runs the cases: reflection_test.py BIN_DIR GRPCURL. The last line is "N passed, M failed"."""

import sys
import tempfile
import unittest

import grpcurl_cases
import python_cases
from scene import Case, Scene


def main():
    bin_dir, grpcurl = sys.argv[1:]
    cases = unittest.TestSuite(map(unittest.defaultTestLoader.loadTestsFromModule, [grpcurl_cases, python_cases]))
    with tempfile.TemporaryDirectory() as log_dir:
        Case.scene = Scene(bin_dir, grpcurl, log_dir)
        try:
            result = unittest.TextTestRunner(stream=sys.stdout, verbosity=2).run(cases)
        finally:
            exit_codes = Case.scene.stop()
    print(f"exit codes after all that: {exit_codes}", flush=True)
    failed = len(result.failures) + len(result.errors) + (exit_codes != [0, 0])
    print(f"{result.testsRun + 1 - failed} passed, {failed} failed")
    return failed > 0


sys.exit(main())
