// What the suites inside the extension host share.
const assert = require('node:assert/strict');

/** Waits until `probe` returns something true, and returns that; `what` is named when it takes too long. */
exports.until = async (what, probe, milliseconds = 20_000) => {
  const end = Date.now() + milliseconds;
  for (;;) {
    const value = await probe();
    if (value) {
      return value;
    }
    assert.ok(Date.now() < end, `timed out: ${typeof what === 'function' ? what() : what}`);
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
};

/** The code of a finding, whether or not it has a link. */
exports.code = (finding) => (typeof finding.code === 'object' ? finding.code.value : finding.code);
