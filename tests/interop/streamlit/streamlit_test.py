"""Runs the cases: streamlit_test.py BIN_DIR PAGE_DIR CHROMIUM. The last line is "N passed, M failed"."""

import sys
import tempfile
import unittest

import converse_cases
import loop_cases
import page_cases
from playwright.sync_api import sync_playwright
from scene import Case, Scene

# Without a sandbox of its own, as containers give it none and the page is ours.
FLAGS = ["--no-sandbox", "--disable-dev-shm-usage"]


def main():
    bin_dir, page_dir, chromium = sys.argv[1:]
    cases = unittest.TestSuite(map(unittest.defaultTestLoader.loadTestsFromModule, [page_cases, loop_cases, converse_cases]))
    with tempfile.TemporaryDirectory() as log_dir, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        print(f"Chromium {browser.version}", flush=True)
        Case.scene = Scene(bin_dir, page_dir, browser, log_dir)
        try:
            result = unittest.TextTestRunner(stream=sys.stdout, verbosity=2).run(cases)
        finally:
            browser.close()
            exit_codes = Case.scene.stop()
    print(f"exit codes after all that: {exit_codes}", flush=True)
    failed = len(result.failures) + len(result.errors) + any(exit_codes)
    print(f"{result.testsRun + 1 - failed} passed, {failed} failed")
    return failed > 0


sys.exit(main())
