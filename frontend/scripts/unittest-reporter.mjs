/** Says how many tests ran in the words of Python's unittest, in which Scripts/test.sh counts all tests. */
export default class {
  onTestRunEnd(modules) {
    const states = modules.flatMap((module) => [...module.children.allTests()].map((test) => test.result().state));
    const count = (state) => states.filter((one) => one === state).length;
    const details = [`failures=${count("failed")}`, `skipped=${count("skipped")}`].filter(
      (text) => !text.endsWith("=0"),
    );
    const verdict = count("failed") ? "FAILED" : "OK";
    console.log(`\nRan ${states.length} tests in 0s\n\n${verdict}${details.length ? ` (${details.join(", ")})` : ""}`);
  }
}
